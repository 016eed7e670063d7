import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EventObject, WatchFrame } from '../fakes/frame.ts';
import { compare } from './comparison.ts';
import { expectFrames } from './expectation.ts';
import type { ArrivedEntry } from './target.ts';

function frame(
  type: WatchFrame['type'],
  uid: string,
  revision: number,
  counts: Pick<EventObject, 'count' | 'series'> = {},
): WatchFrame {
  const metadata = { namespace: 'shop', name: `event-${uid}`, uid, resourceVersion: String(revision) };
  return { type, object: { metadata, type: 'Warning', reason: 'BackOff', ...counts } };
}

const first = [
  frame('ADDED', 'a', 1, { count: 1 }),
  frame('MODIFIED', 'a', 2, { count: 4 }),
  frame('ADDED', 'gone', 3, { count: 9 }),
  frame('DELETED', 'gone', 4, { count: 9 }),
];
const later = [
  frame('ADDED', 'b', 5),
  frame('MODIFIED', 'b', 6, { series: { count: 14 } }),
  frame('DELETED', 'a', 7, { count: 4 }),
];

function entry(uid: string, revision: number, occurrences: number): ArrivedEntry {
  return { uid, resourceVersion: String(revision), type: 'Warning', reason: 'BackOff', occurrences };
}

const arrived = [entry('a', 2, 4), entry('b', 5, 1), entry('b', 6, 13)];
const sums = [{ type: 'Warning', reason: 'BackOff', occurrences: 18 }];

it('expects what a client can see, and each event counted as kubectl counts', () => {
  const { events, revisions } = expectFrames(first, later);
  assert.deepEqual(
    [...events].map(([uid, { count }]) => [uid, count]),
    [
      ['a', 4],
      ['b', 14],
    ],
  );
  assert.deepEqual([...(revisions ?? [])], ['a/2', 'b/5', 'b/6']);
});

it('finds nothing wrong where all arrived once', () => {
  const { rows, faults, revisions, events } = compare(expectFrames(first, later), arrived, sums);
  assert.deepEqual(faults, []);
  assert.deepEqual([revisions, events], [3, 2]);
  assert.deepEqual(rows, [{ type: 'Warning', reason: 'BackOff', events: 2, occurrences: 18, expected: 18 }]);
});

it('tells a missing revision from a repeated and an unknown one', () => {
  const entries = [entry('a', 2, 4), entry('a', 2, 4), entry('b', 6, 13), entry('c', 8, 1)];
  const { faults, rows } = compare(expectFrames(first, later), entries, [
    { type: 'Warning', reason: 'BackOff', occurrences: 21 },
    { type: 'Normal', reason: 'Pulled', occurrences: 1 },
  ]);
  assert.deepEqual(faults, [
    '1 of 3 revisions did not arrive: b/5',
    '1 revisions arrived more than once: a/2',
    '1 revisions arrived that the source never had: c/8',
    '2 events have occurrences that do not add up to their count: shop/event-a 8 for 4, shop/event-b 13 for 14',
    '2 of 2 rows above differ from the source',
  ]);
  assert.deepEqual(
    rows.map(({ reason, occurrences, expected }) => [reason, occurrences, expected]),
    [
      ['Pulled', 1, 0],
      ['BackOff', 21, 18],
    ],
  );
});
