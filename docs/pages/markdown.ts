/** Stands under the title of every page that is written from code. */
export const note = '<!-- Written by `npm run generate` from the code; edit the descriptions there. -->\n';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** `[text](#anchor)` */
export function link(text: string, anchor: string): string {
  return `[${text}](#${anchor})`;
}
