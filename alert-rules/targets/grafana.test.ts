import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { profileNames } from '../../dashboards/profile.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import { type RulesConfig, rulesConfigSchema } from '../config.ts';
import { type AlertRulesFile, alertRulesFileSchema } from '../grafana-schema.ts';
import { renderRules } from '../render.ts';
import { grafana } from './grafana.ts';
import { ruler } from './ruler.ts';
import { filesOf, OptionError, type Target } from './target.ts';

interface RulerFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly RulerRule[];
  }[];
}

interface RulerRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

type GrafanaRule = NonNullable<AlertRulesFile['groups']>[number]['rules'][number];

/** What a target writes into its only file. */
function fileOf(target: Target, config: RulesConfig, options = {}): unknown {
  const texts = [...filesOf(target, renderRules(config), config, options).values()];
  assert.equal(texts.length, 1);
  return parse(texts.join());
}

function grafanaFile(config: RulesConfig): AlertRulesFile {
  return alertRulesFileSchema.parse(fileOf(grafana, config));
}

const rulesIn = (config: RulesConfig) => grafanaFile(config).groups?.flatMap(group => group.rules) ?? [];

function ruleNamed(config: RulesConfig, title: string): GrafanaRule {
  const rule = rulesIn(config).find(other => other.title === title);
  assert.ok(rule, title);
  return rule;
}

/** What Grafana makes of a text that it expands, where the environment has nothing. */
function expanded(text: string): string {
  return text
    .split('$$')
    .map(part => part.replace(/\$(?:\w+|\{[^}]*\})/g, ''))
    .join('$');
}

function record(entries: Readonly<Record<string, string>>, read: (text: string) => string) {
  return Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, read(text)]));
}

/** Texts without what only the ruler's templates have. */
function rulerTemplates(text: string): string {
  return text
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, '<$1>')
    .replace(/\{\{ (printf "%q"|urlquery) \$labels\.(\w+) \}\}/g, '<$1 $2>')
    .replaceAll('{{ printf "%.0f" $value }}', '<value>');
}

/** Texts without what only Grafana's templates have. */
function grafanaTemplates(text: string): string {
  return text
    .replace(/\{\{ index \$labels "(\w+)" \}\}/g, '<$1>')
    .replace(/\{\{ (printf "%q"|urlquery) \(index \$labels "(\w+)"\) \}\}/g, '<$1 $2>')
    .replaceAll('{{ printf "%.0f" $values.B.Value }}', '<value>');
}

/** A rule of Grafana's as the ruler has it. */
function asRulerRule({ title, data, for: held, labels = {}, annotations = {} }: GrafanaRule): RulerRule {
  const [query, reduce, threshold] = data.map(({ model }) => model);
  assert.ok(query && 'expr' in query);
  assert.ok(reduce && 'reducer' in reduce && reduce.reducer === 'last');
  assert.ok(threshold && 'conditions' in threshold);
  const { evaluator } = threshold.conditions[0];
  assert.equal(evaluator.type, 'gte');
  const { __dashboardUid__, __panelId__, ...texts } = annotations;
  return {
    alert: expanded(title),
    expr: `(${query.expr}) >= ${evaluator.params.join()}`,
    for: held,
    labels: record(labels, expanded),
    annotations: record(texts, grafanaTemplates),
  };
}

const configs: Readonly<Record<string, object>> = {
  default: {},
  'everything set': {
    language: 'zh',
    job: 'events',
    clusterLabel: 'k8s',
    selector: 'environment=~"prod|stage"',
    grafana: 'https://grafana.example.org/',
    datasource: 'logs$1',
    runbooks: 'https://docs.example.org/runbooks',
    labels: { team: `pay$$ $HOME \${HOME}` },
    heartbeat: true,
    rules: {
      CrashLoop: { threshold: 2.5, window: '1h', for: '10m', severity: 'critical' },
      NewWarningReason: { interval: '10m' },
    },
  },
  ...Object.fromEntries(profileNames.map(profile => [profile, { profile }])),
};

for (const [name, given] of Object.entries(configs)) {
  test(`Grafana has the ruler's expressions, thresholds, labels and texts: ${name}`, () => {
    const config = rulesConfigSchema.parse(given);
    const { groups } = fileOf(ruler, config) as RulerFile;
    assert.ok(groups.length > 3);
    assert.deepEqual(
      grafanaFile(config).groups?.map(group => ({
        name: expanded(group.name),
        interval: group.interval,
        rules: group.rules.map(asRulerRule),
      })),
      groups.map(group => ({
        ...group,
        rules: group.rules.map(rule => ({ ...rule, annotations: record(rule.annotations, rulerTemplates) })),
      })),
    );
  });
}

test('no template is left that Grafana would not know, nor the ruler', () => {
  for (const given of Object.values(configs)) {
    const config = rulesConfigSchema.parse(given);
    const { groups } = fileOf(ruler, config) as RulerFile;
    for (const { alert, annotations } of groups.flatMap(group => group.rules)) {
      for (const text of Object.values(annotations)) {
        assert.doesNotMatch(rulerTemplates(text), /\{\{|\}\}|\$labels|\$value|\{[a-z]+\}/, alert);
      }
    }
  }
});

test('a $ in what Grafana expands is written twice, and stays as it is elsewhere', () => {
  const config = rulesConfigSchema.parse({ datasource: 'logs$1', labels: { team: 'a$b' } });
  const { data, labels } = ruleNamed(config, 'CrashLoop');
  assert.equal(data[0]?.datasourceUid, 'logs$$1');
  assert.deepEqual(data[0]?.model.datasource, { type: 'loki', uid: 'logs$1' });
  assert.equal(labels?.['team'], 'a$$b');
  const [group] = alertRulesFileSchema.parse(fileOf(grafana, config, { folder: '$TEAM' })).groups ?? [];
  assert.equal(group?.folder, '$$TEAM');
});

test('the time range covers the widest window with its offset', () => {
  const config = rulesConfigSchema.parse({
    rules: { WarningSpike: { window: '20m', baseline: '2d' }, CrashLoop: { window: '1h30m' } },
  });
  const range = (title: string) => ruleNamed(config, title).data[0]?.relativeTimeRange;
  assert.deepEqual(range('WarningSpike'), { from: 2 * 86_400 + 20 * 60, to: 0 });
  assert.deepEqual(range('CrashLoop'), { from: 5400, to: 0 });
  assert.deepEqual(range('Watchdog'), { from: 600, to: 0 });
});

test('each rule with a panel is linked to one that is there', () => {
  const config = rulesConfigSchema.parse({ heartbeat: true });
  const dashboards = [...renderDashboards({ profile: 'default' }).values()];
  const rendered = renderRules(config).flatMap(group => group.rules);
  for (const { rule, name } of rendered) {
    const { dashboardUid, panelId } = ruleNamed(config, name);
    const panel = dashboards
      .find(dashboard => dashboard.uid === dashboardUid)
      ?.panels?.find(({ id }) => id === panelId);
    assert.equal(panel?.title, rule.panel?.title, name);
  }
});

test('an alert whose series is gone, or that finds nothing, is over; one that cannot be evaluated is an error', () => {
  for (const rule of rulesIn(rulesConfigSchema.parse({}))) {
    assert.deepEqual(
      [rule.noDataState, rule.execErrState, rule.missing_series_evals_to_resolve, rule.isPaused],
      ['OK', 'Error', 1, false],
    );
  }
});

test('uids stay the same whatever is set', () => {
  const uids = (config: object) => rulesIn(rulesConfigSchema.parse(config)).map(({ uid }) => uid);
  assert.deepEqual(uids({ language: 'zh', datasource: 'b' }), uids({}));
  assert.ok(uids({}).includes('kube-events-crash-loop'));
});

test('an interval that Grafana does not keep is refused', () => {
  const config = rulesConfigSchema.parse({ rules: { CrashLoop: { interval: '15s' } } });
  assert.throws(() => fileOf(grafana, config), {
    constructor: OptionError,
    message: 'kube-events-pods-15s is evaluated every 15s: Grafana takes multiples of 10s only',
  });
  assert.throws(() => fileOf(grafana, rulesConfigSchema.parse({}), { folder: '' }), OptionError);
});
