/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** A row's cells, or a rule across the table. */
export type Row = readonly (string | number)[] | 'rule';

const gap = '  ';

/**
 * Lays a table out in lines no wider than asked: the widest left-aligned column gives way, its cells end in "…".
 * Numbers get thousands separators.
 *
 * @param maxWidth characters a line may have
 */
export function formatTable(columns: readonly Column[], rows: readonly Row[], maxWidth: number): string[] {
  const cells = rows.map(row =>
    row === 'rule' ? row : row.map(cell => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)),
  );
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map(row => (row === 'rule' ? 0 : (row[index]?.length ?? 0)))),
  );
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  const texts = columns.flatMap(({ align }, index) => (align === 'left' ? [index] : []));
  const widest = texts.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
  if (widest !== undefined) {
    widths[widest] = Math.max(1, (widths[widest] ?? 0) - Math.max(0, total() - maxWidth));
  }

  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const width = widths[index] ?? 0;
        const cell = row[index] ?? '';
        const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
        return align === 'right' ? text.padStart(width) : text.padEnd(width);
      })
      .join(gap)
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    ...cells.map(row => (row === 'rule' ? '─'.repeat(total()) : line(row))),
  ];
}
