import { type RulesConfig, rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRules } from '../../alert-rules/render.ts';
import { rulerFile } from '../../alert-rules/targets/ruler.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { type EncodedEntry, encodePush } from '../../exporter/loki/encode.ts';
import { encodeHeartbeat } from '../../exporter/loki/heartbeat.ts';
import { until } from '../chaos/until.ts';
import { type Alertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { type Ruler, startRuler } from '../servers/ruler.ts';
import { type AlertCase, clusterOf, type Happening, staySeconds } from './case.ts';
import { encodeIncident } from './incident.ts';
import { type NotifiedAlert, Recorder } from './recorder.ts';

/** The default configuration, but for how often rules are evaluated and how long they wait. */
export function quickRules(interval: string, over: object = {}): RulesConfig {
  const { rules } = rulesConfigSchema.parse(over);
  const quick = Object.entries(rules).map(([name, set]) => {
    const wait = set.for === '0s' ? '0s' : '3s';
    return [name, { ...set, interval, for: wait }];
  });
  return rulesConfigSchema.parse({ ...over, rules: Object.fromEntries(quick) });
}

/** Each alert in messages of its own, at once. */
export function recorderConfig(url: string): string {
  return JSON.stringify({
    route: {
      receiver: 'recorder',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '4h',
    },
    receivers: [{ name: 'recorder', webhook_configs: [{ url, send_resolved: true }] }],
  });
}

/** A Loki whose ruler has the rules, an Alertmanager that it tells, and what that one says. */
export interface Stage extends AsyncDisposable {
  readonly ruler: Ruler;
  readonly alertmanager: Alertmanager;
  readonly recorder: Recorder;
  readonly config: RulesConfig;
}

/** Starts a stage. @throws Error where a server doesn't start */
export async function startStage(config: RulesConfig): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const recorder = stack.use(await new Recorder().start());
  const alertmanager = stack.use(await startAlertmanager({ config: recorderConfig(recorder.url) }));
  const files = { 'kube-events.yaml': rulerFile(renderRules(config), config) };
  const ruler = stack.use(await startRuler({ files, alertmanagerUrl: alertmanager.url }));
  const owned = stack.move();
  return { ruler, alertmanager, recorder, config, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * Pushes what happens in clusters: all of it at once, oldest first.
 * @param now milliseconds since 1970 that times are counted back from
 * @throws Error with Loki's words where it does not take it all
 */
export async function push(
  url: string,
  clusters: ReadonlyMap<string, Happening>,
  now = Date.now(),
): Promise<void> {
  const entries: EncodedEntry[] = [];
  for (const [cluster, { events = [], heartbeats = [] }] of clusters) {
    for (const incident of events) entries.push(...encodeIncident(incident, cluster, now));
    for (const [secondsAgo, lastFrameAgeSeconds] of heartbeats) {
      const vitals = { lastFrameAgeSeconds, inFlight: 0 };
      entries.push(encodeHeartbeat(vitals, { job: 'kube-events', cluster }, now - secondsAgo * 1000));
    }
  }
  entries.sort((a, b) => Number(a.timestamp - b.timestamp));
  const client = new LokiClient({ url, tenant: undefined, timeoutMs: 60_000 });
  try {
    for (let start = 0; start < entries.length; start += batch) {
      const result = await client.push(encodePush(entries.slice(start, start + batch)), never);
      if (result.kind !== 'accepted') throw new Error(`Loki says ${result.message}`);
    }
  } finally {
    await client.close();
  }
}

const batch = 2000;
const never = new AbortController().signal;

/** Waits until every rule was evaluated with what was pushed before. */
export async function evaluatedSince({ ruler }: Stage, since: number): Promise<void> {
  await until('every rule is evaluated', 60, async () => {
    const groups = await ruler.rules();
    return groups.every(({ rules }) =>
      rules.every(({ lastEvaluation }) => Date.parse(lastEvaluation) > since),
    );
  });
}

/** Lets cases happen side by side, and waits until their alerts have come and gone. */
export async function play(stage: Stage, cases: readonly AlertCase[]): Promise<void> {
  const happen = (of: (what: AlertCase) => Happening) =>
    push(stage.ruler.url, new Map(cases.map(what => [clusterOf(what), of(what)])));
  const lacks = (what: AlertCase, status: NotifiedAlert['status']) => {
    const told = alertsIn(stage, what).filter(alert => alert.status === status);
    return what.alerts
      .filter(({ resolves = true }) => resolves || status === 'firing')
      .some(({ rule }) => !told.some(({ labels }) => labels['alertname'] === rule));
  };
  const all = (status: NotifiedAlert['status']) => () => !cases.some(what => lacks(what, status));

  await happen(what => what);
  // A case that lacks an alert fails by itself.
  await until('all have fired', staySeconds, all('firing')).catch(() => {});
  await happen(({ later = {} }) => later);
  await until('all have resolved', staySeconds + 15, all('resolved')).catch(() => {});
  // What has to stay silent had its chance.
  await evaluatedSince(stage, Date.now());
  await evaluatedSince(stage, Date.now());
}

/** The alerts that Alertmanager told of a case, in their order. */
export function alertsIn({ recorder }: Stage, what: AlertCase): readonly NotifiedAlert[] {
  return recorder.alerts.filter(({ labels }) => labels['cluster'] === clusterOf(what));
}
