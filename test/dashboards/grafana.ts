import type { TargetJson, VariableJson } from '../../dashboards/rules/dashboard-json.ts';

/** What a dashboard's variables are set to: `$__all`, a text, or several values. */
export type Choices = Readonly<Record<string, string | readonly string[]>>;

/** The time of a dashboard, in milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Replaces variables as Grafana's Loki data source does: `interpolateQueryExpr` in
 * public/app/plugins/datasource/loki/datasource.ts escapes values of variables that may have several, and joins them; the custom
 * value for all and a text box stay as they are.
 * @throws Error for a variable that the dashboard doesn't have
 */
export function interpolate(text: string, variables: readonly VariableJson[], choices: Choices): string {
  return text.replace(
    /\$(\w+)|\$\{(\w+)(?:\.[^:^}]+)?(?::([^}]+))?\}/g,
    (whole, plain: string | undefined, braced: string | undefined, format: string | undefined) => {
      const name = plain ?? braced ?? '';
      // Grafana's own, and groups of a regular expression.
      if (name.startsWith('__') || /^\d+$/.test(name)) return whole;
      const variable = variables.find(candidate => candidate.name === name);
      if (variable === undefined) throw new Error(`${text}: there is no variable ${name}`);
      if (format !== undefined) throw new Error(`${text}: the format ${format} is not known here`);
      const value = choices[name] ?? String(variable.current?.value ?? '');
      if (value === '$__all') return variable.allValue ?? '';
      if (!variable.multi && !variable.includeAll) return String(value);
      return [value].flat().map(escapeRegex).join('|');
    },
  );
}

/** `lokiSpecialRegexEscape`: its backslashes are doubled, because they stand in a string of LogQL. */
function escapeRegex(value: string): string {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]+?.()|]/g, '\\\\$&');
}

/** How wide a panel of all 24 columns is drawn, in pixels: Grafana asks for a point for each. */
const fullWidth = 1600;

/** The step of a graph in milliseconds: `calculateInterval` in packages/grafana-data, and step.go of the data source. */
export function stepOf({ from, to }: TimeRange, columns: number, maxDataPoints?: number): number {
  const range = to - from;
  const points = maxDataPoints ?? Math.floor((fullWidth * columns) / 24);
  return Math.ceil(Math.max(roundInterval(range / points), range / 11_000));
}

/** `roundInterval` in packages/grafana-data/src/datetime/rangeutil.ts: up to a limit, this interval; both in milliseconds. */
const intervals: readonly (readonly [below: number, interval: number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
];

function roundInterval(interval: number): number {
  return intervals.find(([below]) => interval < below)?.[1] ?? 86_400_000;
}

/** `FormatInterval` of the Grafana plugin SDK for Go: whole units of the largest kind that fits. */
export function formatInterval(milliseconds: number): string {
  const units: readonly (readonly [size: number, unit: string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
    [1, 'ms'],
  ];
  const [size, unit] = units.find(([size]) => milliseconds >= size) ?? [1, 'ms'];
  return `${Math.floor(milliseconds / size)}${unit}`;
}

/** A query as Grafana's backend asks Loki. */
export interface LokiRequest {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `interpolateVariables` and `makeDataRequest` in pkg/tsdb/loki: an instant query spans the whole time of the dashboard. */
export function requestOf(target: TargetJson, expr: string, range: TimeRange, step: number): LokiRequest {
  const instant = target.queryType === 'instant';
  const span = `${Math.round((range.to - range.from) / 1000)}s`;
  const query = expr
    .replaceAll('$__interval_ms', String(step))
    .replaceAll('$__interval', formatInterval(step))
    .replaceAll('$__range_ms', String(range.to - range.from))
    .replaceAll('$__range_s', span.slice(0, -1))
    .replaceAll('$__range', span)
    .replaceAll('$__auto', instant ? span : formatInterval(step));
  const nanoseconds = (time: number) => `${time}000000`;
  return instant
    ? { path: 'query', parameters: { query, time: nanoseconds(range.to), direction: 'backward' } }
    : {
        path: 'query_range',
        parameters: {
          query,
          start: nanoseconds(range.from),
          end: nanoseconds(range.to),
          step: `${step}ms`,
          direction: 'backward',
          limit: String(target.maxLines ?? 1000),
        },
      };
}
