import { styleText } from 'node:util';
import type { ComparedRow, Comparison } from './comparison.ts';
import { type Column, formatTable, type Row } from './table.ts';

const columns: readonly Column[] = [
  { title: 'Type', align: 'left' },
  { title: 'Reason', align: 'left' },
  { title: 'Events', align: 'right' },
  { title: 'Occurrences', align: 'right' },
  { title: 'At the source', align: 'right' },
  { title: '', align: 'left' },
];

/** Wider than this, a table is hard to read across. */
const maxWidth = 96;
const indent = '  ';

/** Where a report goes. */
export interface ReportStyle {
  /** Of the terminal, in columns. */
  readonly width: number;
  /** Whether it takes colours; `styleText` decides by the stream and NO_COLOR. */
  readonly stream: NodeJS.WriteStream;
}

/** The table of events by type and by reason, and the verdict below it. */
export function formatReport(comparison: Comparison, countedBy: string, style: ReportStyle): string {
  const heading = `Kubernetes events by type and reason, ${countedBy}`;
  const width = Math.min(maxWidth, style.width) - indent.length;
  const table = formatTable(columns, tableRows(comparison.rows), width).map((line, index) => {
    if (index === 0) return styleText('dim', line, { stream: style.stream });
    if (line.endsWith('✗')) return styleText('red', line, { stream: style.stream });
    return line.replace(/✓$/, styleText('green', '✓', { stream: style.stream }));
  });
  const lines = [
    styleText('bold', heading, { stream: style.stream }),
    '',
    ...table,
    '',
    ...verdict(comparison, style),
  ];
  return `${lines.map(line => (line === '' ? '' : `${indent}${line}`)).join('\n')}\n`;
}

function tableRows(rows: readonly ComparedRow[]): Row[] {
  const table: Row[] = [];
  for (const [type, reasons] of Map.groupBy(rows, row => row.type)) {
    if (table.length > 0) table.push([]);
    table.push(tableRow(type, 'all', reasons));
    for (const row of reasons) table.push(tableRow('', row.reason || '(none)', [row]));
  }
  return [...table, 'rule', tableRow('All', '', rows)];
}

function tableRow(type: string, reason: string, rows: readonly ComparedRow[]): Row {
  const sum = (of: (row: ComparedRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const mark = rows.every(({ occurrences, expected }) => occurrences === expected) ? '✓' : '✗';
  return [
    type,
    reason,
    sum(({ events }) => events),
    sum(({ occurrences }) => occurrences),
    sum(({ expected }) => expected),
    mark,
  ];
}

function verdict({ faults, revisions, events, complete }: Comparison, { stream }: ReportStyle): string[] {
  const count = (number: number) => number.toLocaleString('en');
  if (faults.length === 0) {
    return [
      styleText(
        'green',
        `✓ ${complete ? 'All ' : ''}${count(revisions)} revisions of ${count(events)} events arrived, each once;`,
        { stream },
      ),
      styleText('green', "  every event's occurrences add up to its count.", { stream }),
    ];
  }
  return [
    styleText('red', '✗ What arrived differs from what the source had:', { stream }),
    ...faults.map(fault => `  - ${fault}`),
  ];
}
