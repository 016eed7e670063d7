/** An entry as Loki returns it: what was pushed as labels, and what as structured metadata. */
export interface StoredEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly line: string;
}

/** Loki's answer to a metric query at one moment: the value of each series. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const pageSize = 5000;

/**
 * Every entry of a selector between two times (nanoseconds since 1970, the end not included).
 *
 * @param tenant whose entries, where Loki has `auth_enabled`
 * @throws LokiQueryError with Loki's own words
 */
export async function queryEntries(
  url: string,
  query: string,
  start: bigint,
  end: bigint,
  tenant?: string,
): Promise<StoredEntry[]> {
  const result = await ask<{ stream: Record<string, string>; values: [string, string, Categories?][] }>(
    `${url}/loki/api/v1/query_range`,
    { query, start: String(start), end: String(end), limit: String(pageSize), direction: 'forward' },
    tenant,
  );
  const entries = result.flatMap(({ stream, values }) =>
    values.map(([timestamp, line, categories]) => ({
      labels: stream,
      metadata: categories?.structuredMetadata ?? {},
      timestamp: BigInt(timestamp),
      line,
    })),
  );
  if (entries.length < pageSize) return entries;
  if (end - start < 2n) throw new Error(`${query}: more than ${pageSize} entries share the time ${start}`);
  // More than one answer holds: by halves of the time.
  const middle = (start + end) / 2n;
  return [
    ...(await queryEntries(url, query, start, middle, tenant)),
    ...(await queryEntries(url, query, middle, end, tenant)),
  ];
}

/** A metric query at a moment, in nanoseconds since 1970. @throws LokiQueryError with Loki's own words */
export async function queryInstant(url: string, query: string, at: bigint): Promise<Sample[]> {
  const result = await ask<{ metric: Record<string, string>; value: [number, string] }>(
    `${url}/loki/api/v1/query`,
    { query, time: String(at) },
  );
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The labels of every stream of a selector in the last hours. @throws LokiQueryError with Loki's own words */
export async function querySeries(url: string, selector: string): Promise<Record<string, string>[]> {
  const query = new URLSearchParams({ 'match[]': selector, start: `${Date.now() / 1000 - 7200}` });
  const response = await fetch(`${url}/loki/api/v1/series?${query}`, { signal: AbortSignal.timeout(15_000) });
  if (!response.ok) throw new LokiQueryError(selector, response.status, await response.text());
  return ((await response.json()) as { data: Record<string, string>[] }).data;
}

interface Categories {
  structuredMetadata?: Record<string, string>;
}

/** Loki refused a query. */
export class LokiQueryError extends Error {
  readonly status: number;

  constructor(query: string, status: number, text: string) {
    super(`${query}: ${status} ${text}`);
    this.name = 'LokiQueryError';
    this.status = status;
  }
}

async function ask<Row>(endpoint: string, query: Record<string, string>, tenant?: string): Promise<Row[]> {
  const response = await fetch(`${endpoint}?${new URLSearchParams(query)}`, {
    // Tells structured metadata from labels, which are one map otherwise.
    signal: AbortSignal.timeout(15_000),
    headers: {
      'x-loki-response-encoding-flags': 'categorize-labels',
      ...(tenant !== undefined && { 'x-scope-orgid': tenant }),
    },
  });
  if (!response.ok) throw new LokiQueryError(query['query'] ?? '', response.status, await response.text());
  const { data } = (await response.json()) as { data: { result: Row[] } };
  return data.result;
}
