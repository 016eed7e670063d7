import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Column, formatTable } from './table.ts';

const columns: Column[] = [
  { title: 'Reason', align: 'left' },
  { title: 'Events', align: 'right' },
  { title: '', align: 'left' },
];

it('aligns, groups digits and draws rules as wide as the table', () => {
  assert.deepEqual(formatTable(columns, [['BackOff', 1234567, '✓'], [], 'rule', ['All', 5, '✗']], 80), [
    'Reason      Events',
    'BackOff  1,234,567  ✓',
    '',
    '─────────────────────',
    'All              5  ✗',
  ]);
});

it('shortens the widest text to fit, never a number', () => {
  const lines = formatTable(
    columns,
    [
      ['FailedGetResourceMetric', 12_345, '✓'],
      ['x', 1, ''],
    ],
    24,
  );
  assert.deepEqual(lines, ['Reason         Events', 'FailedGetRes…  12,345  ✓', 'x                   1']);
});

it('shows the titles of an empty table', () => {
  assert.deepEqual(formatTable(columns, [], 80), ['Reason  Events']);
});
