import { otherValue } from '../../exporter/loki/schema.ts';

/** The newest event behind an alert, as Loki has it. What it doesn't say is empty. */
export interface LogEntry {
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly workload: string;
  readonly node: string;
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly count: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Reads an entry of a query's answer.
 * @param labels stream labels, structured metadata and what a parser made of the line
 * @param nanoseconds since 1970, as Loki writes them
 */
export function readEntry(
  labels: Readonly<Record<string, string>>,
  line: string,
  nanoseconds: string,
  clusterLabel: string,
): LogEntry {
  const text = (name: string) => labels[name] ?? '';
  const real = (name: string) => (text(name) === otherValue ? text(`event_${name}`) : text(name));
  const [kind, name] = [real('kind'), text('name')];
  const restamped = Date.parse(text('event_time'));
  return {
    cluster: text(clusterLabel),
    namespace: real('namespace'),
    kind,
    name,
    workload: text('workload'),
    node: text('node'),
    reason: real('reason'),
    type: real('type'),
    message: messageOf(labels, line, `${kind}/${name}: `),
    count: text('count'),
    time: Number.isNaN(restamped) ? Number(BigInt(nanoseconds) / 1_000_000n) : restamped,
  };
}

/** The line is the message with the object before it, the message alone, or holds it as a field. */
function messageOf(labels: Readonly<Record<string, string>>, line: string, prefix: string): string {
  const field = labels['msg'] ?? labels['message'];
  if (field !== undefined) return field;
  if (line.startsWith(prefix)) return line.slice(prefix.length);
  if (!line.startsWith('{')) return line;
  try {
    const { msg, message } = JSON.parse(line) as { msg?: unknown; message?: unknown };
    return [msg, message].find(value => typeof value === 'string') ?? line;
  } catch {
    return line;
  }
}
