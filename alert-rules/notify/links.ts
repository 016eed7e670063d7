import { dashboardUid } from '../../dashboards/uids.ts';
import type { LogEntry } from './entry.ts';
import type { Alert } from './payload.ts';

/** Where Grafana is, and the uid of its data source for Loki. */
export interface GrafanaPlace {
  readonly url: string;
  readonly datasource: string;
  /** What the dashboards' uids begin with. */
  readonly uidPrefix: string;
}

export type LinkName = 'timeline' | 'explore' | 'dashboard' | 'runbook';

/** Milliseconds that links show before and after what they are about. */
const before = 60 * 60_000;
const after = 30 * 60_000;

/** Longer ones are no use: services cut them, or refuse the message. */
const longest = 3000;

/** The links of an alert, those that there are. */
export function linksOf(
  alert: Alert,
  entry: LogEntry | undefined,
  grafana: GrafanaPlace | undefined,
  now: number,
): ReadonlyMap<LinkName, string> {
  const { annotations, dashboardURL, panelURL } = alert;
  const { logql } = annotations;
  const made = [
    ['timeline', grafana && entry && timelineUrl(entry, grafana)],
    ['explore', grafana && logql !== undefined && exploreUrl(logql, rangeOf(alert, entry, now), grafana)],
    ['dashboard', annotations['dashboard_url'] || panelURL || dashboardURL],
    ['runbook', annotations['runbook_url']],
  ] as const;
  return new Map(
    made.flatMap(([name, url]) => {
      const safe = typeof url === 'string' ? safeUrl(url) : undefined;
      return safe === undefined ? [] : [[name, safe] as const];
    }),
  );
}

/**
 * A URL that stands inside any service's link without ending it; undefined for what is none of the web's.
 */
export function safeUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const safe = url.href.replace(
    /[()[\]<>|"'`*_~\\!{}^]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return safe.length > longest ? undefined : safe;
}

function timelineUrl(entry: LogEntry, { url, datasource, uidPrefix }: GrafanaPlace): string | undefined {
  const { cluster, namespace, kind, name, time } = entry;
  if (name === '') return undefined;
  const query = new URLSearchParams({
    'var-datasource': datasource,
    ...(cluster !== '' && { 'var-cluster': cluster }),
    ...(namespace !== '' && { 'var-namespace': namespace }),
    ...(kind !== '' && { 'var-kind': kind }),
    'var-name': name,
    from: String(time - before),
    to: String(time + after),
  });
  return `${base(url)}/d/${dashboardUid('object', uidPrefix)}?${query}`;
}

/** Explore, as Grafana 10 and later have it. */
function exploreUrl(logql: string, range: Range, { url, datasource }: GrafanaPlace): string {
  const source = { type: 'loki', uid: datasource };
  const pane = {
    datasource,
    queries: [{ refId: 'A', datasource: source, expr: logql, queryType: 'range', editorMode: 'code' }],
    range,
  };
  const panes = JSON.stringify({ kev: pane });
  return `${base(url)}/explore?${new URLSearchParams({ schemaVersion: '1', panes })}`;
}

/** Milliseconds since 1970, as Grafana's links have them. */
interface Range {
  readonly from: string;
  readonly to: string;
}

function rangeOf({ status, startsAt, endsAt }: Alert, entry: LogEntry | undefined, now: number): Range {
  const start = Date.parse(startsAt);
  const end = status === 'resolved' && endsAt !== undefined ? Date.parse(endsAt) : now;
  const from = Math.min(start, entry?.time ?? start) - before;
  return { from: String(from), to: String(Math.max(end, from + before)) };
}

function base(url: string): string {
  return url.replace(/\/+$/, '');
}
