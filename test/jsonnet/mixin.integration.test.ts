import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRecording } from '../../alert-rules/recording.ts';
import { renderExporterRules, renderRules } from '../../alert-rules/render.ts';
import { rulerGroups } from '../../alert-rules/targets/ruler.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import { evaluate } from '../servers/jsonnet.ts';
import { skipWithout } from '../servers/require.ts';

const skip = await skipWithout('jsonnet');
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that the mixin has. */
interface Mixin {
  readonly grafanaDashboardFolder: string;
  readonly grafanaDashboards: Readonly<Record<string, unknown>>;
  readonly lokiAlerts: unknown;
  readonly lokiRules: unknown;
  readonly prometheusAlerts: unknown;
}

/** @param over jsonnet that is added to the mixin */
async function render(over = '{}'): Promise<Mixin> {
  const program = `local mixin = (import '${root}jsonnet/mixin.libsonnet') + ${over};
    { [name]: mixin[name] for name in ${JSON.stringify(forms)} }`;
  return (await evaluate(program)) as Mixin;
}

const forms = [
  'grafanaDashboardFolder',
  'grafanaDashboards',
  'lokiAlerts',
  'lokiRules',
  'prometheusAlerts',
] as const;

/** As JSON has it: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(root + path, 'utf8'));
}

function readYaml(path: string): unknown {
  return parse(readFileSync(root + path, 'utf8'));
}

test('by default it is what the generated files hold', { skip }, async () => {
  const mixin = await render();
  const names = readdirSync(`${root}dashboards/out`);
  assert.deepEqual(
    Object.keys(mixin.grafanaDashboards).sort(),
    names.map(name => `kube-events-${name}`).sort(),
  );
  for (const name of names) {
    assert.deepEqual(
      mixin.grafanaDashboards[`kube-events-${name}`],
      readJson(`dashboards/out/${name}`),
      name,
    );
  }
  assert.deepEqual(mixin.lokiAlerts, readYaml('alert-rules/out/ruler/kube-events.yaml'));
  assert.deepEqual(mixin.lokiRules, readYaml('alert-rules/out/recording/kube-events-recording.yaml'));
  assert.deepEqual(mixin.prometheusAlerts, readYaml('alert-rules/out/prometheus/kube-events-exporter.yaml'));
  assert.equal(mixin.grafanaDashboardFolder, 'Kubernetes events');
});

type Rules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a team writes into `_config`. */
interface Chosen {
  readonly job?: string;
  readonly clusterLabel?: string;
  readonly selector?: string;
  readonly docs?: string;
  readonly uidPrefix?: string;
  readonly tags?: readonly string[];
  readonly refresh?: string;
  readonly datasource?: string;
  readonly prometheusDatasource?: string;
  readonly heartbeat?: boolean;
  readonly language?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly grafana?: string;
  readonly runbooks?: string;
  readonly rules?: Rules;
  readonly exporterSelector?: string;
  readonly exporterRules?: Rules;
  readonly recording?: Readonly<Record<string, unknown>>;
}

const configs: Readonly<Record<string, Chosen>> = {
  'another job, with a slash': { job: 'integrations/kubernetes/events' },
  'a job in another script': { job: '事件 prod' },
  'another label for clusters': { clusterLabel: 'k8s_cluster_name', heartbeat: true },
  'further matchers': {
    selector: 'environment="prod", team=~"a|b"',
    exporterSelector: 'namespace="monitoring"',
    heartbeat: true,
  },
  'dashboards of their own': {
    uidPrefix: 'team-a-',
    tags: ['team-a'],
    refresh: '',
    datasource: 'Loki (prod)',
    prometheusDatasource: 'mimir',
  },
  'links everywhere': {
    docs: 'https://docs.example/events',
    grafana: 'https://grafana.example/base',
    runbooks: 'https://docs.example/events/runbooks',
  },
  'thresholds, windows and severities': {
    rules: {
      WarningSpike: { threshold: 20, ratio: 1.5, window: '30m', baseline: '12h', severity: 'critical' },
      CrashLoop: { threshold: 10, for: '5m' },
      NodeNotReady: { window: '2h' },
    },
    exporterRules: { KubeEventsDropping: { severity: 'info' } },
    recording: { window: '10m', offset: '15m' },
  },
  'rules that are off, and a group of them': {
    rules: { NewWarningReason: { enabled: false }, ImagePullFailed: { enabled: false } },
    exporterRules: { KubeEventsExporterAbsent: { enabled: false } },
  },
  'in Chinese, with labels': { language: 'zh', labels: { team: '平台', tier: '1' } },
  'all at once': {
    job: 'events',
    clusterLabel: 'dc',
    selector: 'environment!="test"',
    docs: 'https://docs.example',
    uidPrefix: '',
    tags: ['x', 'y'],
    refresh: '5m',
    datasource: 'loki',
    heartbeat: true,
    language: 'zh',
    labels: { team: 'a' },
    grafana: 'https://grafana.example',
    runbooks: 'https://docs.example/runbooks',
    rules: { ClusterSilent: { severity: 'warning' }, Watchdog: { enabled: false } },
    exporterSelector: 'job=~".*events.*"',
  },
};

for (const [name, chosen] of Object.entries(configs)) {
  test(`it is what the generators make: ${name}`, { skip }, async () => {
    const mixin = await render(`{ _config+:: { kubeEvents+: ${overriding(chosen)} } }`);
    const { docs, uidPrefix, tags, refresh, datasource, prometheusDatasource, ...rules } = chosen;
    const dashboards = renderDashboards({
      profile: 'default',
      ...picked(chosen, ['job', 'clusterLabel', 'selector']),
      ...picked(chosen, ['docs', 'uidPrefix', 'tags', 'refresh', 'datasource', 'prometheusDatasource']),
    });
    assert.deepEqual(
      mixin.grafanaDashboards,
      Object.fromEntries(
        Array.from(dashboards, ([file, dashboard]) => [
          `${uidPrefix ?? 'kube-events-'}${file}.json`,
          plain(dashboard),
        ]),
      ),
    );
    const config = rulesConfigSchema.parse({ ...rules, ...(uidPrefix !== undefined && { uidPrefix }) });
    assert.deepEqual(mixin.lokiAlerts, plain({ groups: rulerGroups(renderRules(config), config) }));
    assert.deepEqual(mixin.lokiRules, plain({ groups: [renderRecording(config)] }));
    assert.deepEqual(
      mixin.prometheusAlerts,
      plain({ groups: rulerGroups(renderExporterRules(config), config) }),
    );
    // It is another than the default one: the options arrive at all.
    assert.notDeepEqual(mixin, await defaults);
  });
}

const defaults = skip === false ? render() : undefined;

test('what is not known is refused with what is', { skip }, async () => {
  await assert.rejects(
    render('{ _config+:: { kubeEvents+: { rules+: { CrashLop+: { threshold: 1 } } } } }'),
    /_config\.kubeEvents\.rules: CrashLop is not known; it can be .*CrashLoop.*WarningSpike/,
  );
  await assert.rejects(
    render('{ _config+:: { kubeEvents+: { rules+: { CrashLoop+: { treshold: 1 } } } } }'),
    /_config\.kubeEvents\.rules\.CrashLoop: treshold is not known; it can be enabled, for, severity, threshold, window/,
  );
  await assert.rejects(
    render("{ _config+:: { kubeEvents+: { language: 'de' } } }"),
    /_config\.kubeEvents\.language: de is not known; it can be en, zh/,
  );
});

test('a panel and a rule are overridden as in any mixin', { skip }, async () => {
  const [plainMixin, mixin] = await Promise.all([
    render(),
    render(`{
      grafanaDashboards+:: {
        'kube-events-overview.json'+: {
          refresh: '10s',
          panels: [
            if panel.title == 'By type' then panel { title: 'Ours' } else panel
            for panel in super.panels
          ],
        },
      },
      lokiAlerts+:: {
        groups: [
          group { rules: [if rule.alert == 'CrashLoop' then rule { 'for': '10m' } else rule for rule in group.rules] }
          for group in super.groups
        ] + [{ name: 'ours', rules: [] }],
      },
    }`),
  ]);
  const { grafanaDashboards, lokiAlerts } = plainMixin;
  const dashboards = structuredClone(grafanaDashboards) as Record<
    string,
    { refresh: string; panels: { title: string }[] }
  >;
  const overview = dashboards['kube-events-overview.json'] ?? assert.fail();
  overview.refresh = '10s';
  const panel = overview.panels.find(({ title }) => title === 'By type') ?? assert.fail();
  panel.title = 'Ours';
  assert.deepEqual(mixin.grafanaDashboards, dashboards);
  const expected = structuredClone(lokiAlerts) as { groups: { rules: { alert: string; for: string }[] }[] };
  const rule = expected.groups.flatMap(group => group.rules).find(({ alert }) => alert === 'CrashLoop');
  assert.ok(rule);
  rule.for = '10m';
  assert.deepEqual(mixin.lokiAlerts, { groups: [...expected.groups, { name: 'ours', rules: [] }] });
});

function picked<Key extends keyof Chosen>(chosen: Chosen, keys: readonly Key[]): Pick<Chosen, Key> {
  return Object.fromEntries(keys.filter(key => key in chosen).map(key => [key, chosen[key]])) as Pick<
    Chosen,
    Key
  >;
}

/** A configuration as users write it: `+:` for what is added to. */
function overriding(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const isSection = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return `'${key}'${isSection ? '+' : ''}: ${overriding(inner)}`;
  });
  return `{ ${entries.join(', ')} }`;
}
