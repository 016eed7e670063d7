/** How many lines of a log are shown with a failure. */
const shownLines = 12;

/**
 * The last lines of the exporter's log for a person: time, level, message and the rest as `key=value`. Lines that
 * are no JSON stay as they are.
 */
export function formatLog(log: string): string {
  const lines = log.split('\n').filter(line => line.trim() !== '');
  return lines
    .slice(-shownLines)
    .map(line => `    ${formatLine(line)}`)
    .join('\n');
}

function formatLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line);
  } catch {
    return line;
  }
  const { time, level, msg, ...rest } = fields;
  const pairs = Object.entries(rest).map(([key, value]) => {
    return `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return [String(time).slice(11, 19), String(level).padEnd(5), msg, ...pairs].join(' ');
}
