import { type RulesConfig, rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRules } from '../../alert-rules/render.ts';
import { rulerFile } from '../../alert-rules/targets/ruler.ts';
import { until } from '../chaos/until.ts';
import { startAlertmanager } from '../servers/alertmanager.ts';
import { type Ruler, startRuler } from '../servers/ruler.ts';
import { type AlertCase, clusterOf, type Happening, staySeconds } from './case.ts';
import { push } from './push.ts';
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
  readonly recorder: Recorder;
}

/** Starts a stage. @throws Error where a server doesn't start */
export async function startStage(config: RulesConfig): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const recorder = stack.use(await new Recorder().start());
  const alertmanager = stack.use(await startAlertmanager({ config: recorderConfig(recorder.url) }));
  const files = { 'kube-events.yaml': rulerFile(renderRules(config), config) };
  const ruler = stack.use(await startRuler({ files, alertmanagerUrl: alertmanager.url }));
  const owned = stack.move();
  return { ruler, recorder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Waits until every rule was evaluated with what was pushed before. */
export async function evaluatedSince(ruler: Ruler, since: number): Promise<void> {
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
  await evaluatedSince(stage.ruler, Date.now());
  await evaluatedSince(stage.ruler, Date.now());
}

/** The alerts that Alertmanager told of a case, in their order. */
export function alertsIn({ recorder }: Stage, what: AlertCase): readonly NotifiedAlert[] {
  return recorder.alerts.filter(({ labels }) => labels['cluster'] === clusterOf(what));
}
