import { LokiQueryError } from '../servers/loki-query.ts';
import type { LokiRequest } from './grafana.ts';

/** What a query cost, as Loki says itself. */
export interface QueryCost {
  readonly bytes: number;
  readonly lines: number;
  readonly seconds: number;
}

/** Series of a metric query: labels, and values by time in milliseconds; an instant query has one value each. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: number])[];
}

export interface Answer {
  readonly type: 'vector' | 'matrix' | 'streams' | 'scalar';
  readonly series: readonly Series[];
  /** Log lines, of a log query. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  readonly cost: QueryCost;
}

interface Body {
  readonly data: {
    readonly resultType: Answer['type'];
    readonly result: readonly {
      readonly metric?: Record<string, string>;
      readonly stream?: Record<string, string>;
      readonly value?: [number, string];
      readonly values?: [number | string, string][];
    }[];
    readonly stats: {
      readonly summary: {
        readonly totalBytesProcessed: number;
        readonly totalLinesProcessed: number;
        readonly execTime: number;
      };
    };
  };
  readonly warnings?: string[];
}

/** Asks a query. @throws LokiQueryError with Loki's own words */
export async function ask(url: string, { path, parameters }: LokiRequest): Promise<Answer> {
  const response = await fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok)
    throw new LokiQueryError(parameters['query'] ?? '', response.status, await response.text());
  const { data, warnings = [] } = (await response.json()) as Body;
  const { totalBytesProcessed, totalLinesProcessed, execTime } = data.stats.summary;
  const isLog = data.resultType === 'streams';
  return {
    type: data.resultType,
    series: isLog
      ? []
      : data.result.map(({ metric = {}, value, values = value === undefined ? [] : [value] }) => ({
          labels: metric,
          values: values.map(([time, text]) => [Number(time) * 1000, Number(text)] as const),
        })),
    lines: isLog ? data.result.flatMap(({ values = [] }) => values.map(([, line]) => line)) : [],
    warnings,
    cost: { bytes: totalBytesProcessed, lines: totalLinesProcessed, seconds: execTime },
  };
}

/** Values of a label, as the data source asks for those of a variable. @throws LokiQueryError with Loki's own words */
export async function askLabelValues(
  url: string,
  label: string,
  selector: string,
  range: { readonly from: number; readonly to: number },
): Promise<string[]> {
  const parameters = new URLSearchParams({
    query: selector,
    start: `${range.from}000000`,
    end: `${range.to}000000`,
  });
  const response = await fetch(`${url}/loki/api/v1/label/${label}/values?${parameters}`, {
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new LokiQueryError(selector, response.status, await response.text());
  return ((await response.json()) as { data?: string[] }).data ?? [];
}
