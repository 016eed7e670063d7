import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRules } from '../../alert-rules/render.ts';
import { rulerFile } from '../../alert-rules/targets/ruler.ts';
import { profileNames } from '../../dashboards/profile.ts';
import { until } from '../chaos/until.ts';
import { needBinaries } from '../servers/binaries.ts';
import { skipWithout } from '../servers/require.ts';
import { type LoadedGroup, type Ruler, startRuler } from '../servers/ruler.ts';
import { temporaryFolder } from '../servers/warden.ts';

/** A rule file, as far as it is ours. */
interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const configs: Readonly<Record<string, object>> = {
  default: {},
  set: {
    heartbeat: true,
    language: 'zh',
    job: 'events/prod',
    clusterLabel: 'k8s_cluster',
    selector: 'environment="prod", region=~"eu-.*"',
    labels: { team: 'platform' },
    grafana: 'https://grafana.example.com/',
    runbooks: 'https://runbooks.example.com/events',
  },
  ...Object.fromEntries(profileNames.slice(1).map(profile => [profile, { profile }])),
};

const skip = await skipWithout('loki');
const run = promisify(execFile);

describe('rule files in a real Loki', { skip, timeout: 120_000 }, () => {
  const texts = new Map(
    Object.entries(configs).map(([name, options]) => {
      const config = rulesConfigSchema.parse(options);
      return [`${name}.yaml`, rulerFile(renderRules(config), config)];
    }),
  );
  let ruler: Ruler;
  let loaded: readonly LoadedGroup[];

  before(async () => {
    // Evaluated once at least: a query that fails only then is no good either.
    const quick = Array.from(texts, ([name, text]) => {
      const { groups } = parse(text) as RuleFile;
      return [name, JSON.stringify({ groups: groups.map(group => ({ ...group, interval: '2s' })) })];
    });
    ruler = await startRuler({ files: Object.fromEntries(quick) });
    await until('Loki has evaluated its rules', 30, async () => {
      loaded = await ruler.rules();
      const rules = loaded.flatMap(group => group.rules);
      return rules.length > 0 && rules.every(({ health }) => health !== 'unknown');
    });
  });
  after(() => ruler?.stop());

  for (const [name, text] of texts) {
    const { groups } = parse(text) as RuleFile;

    test(`${name} is what lokitool takes`, () => checked(text));

    test(`${name} is loaded whole`, () => {
      const found = loaded.filter(({ file }) => file === name);
      assert.deepEqual(
        found.flatMap(group => group.rules.map(rule => `${group.name}/${rule.name}`)).sort(),
        groups.flatMap(group => group.rules.map(({ alert }) => `${group.name}/${alert}`)).sort(),
      );
    });

    test(`each rule of ${name} is what was written, and evaluates`, async () => {
      for (const group of groups)
        for (const rule of group.rules) {
          const found = loaded
            .find(({ file, name: called }) => file === name && called === group.name)
            ?.rules.find(({ name: called }) => called === rule.alert);
          assert.deepEqual(
            {
              name: found?.name,
              type: found?.type,
              labels: found?.labels,
              annotations: found?.annotations,
              duration: found?.duration,
              health: found?.health,
              error: found?.lastError,
              query: await formatted(ruler, found?.query),
            },
            {
              name: rule.alert,
              type: 'alerting',
              labels: rule.labels,
              annotations: rule.annotations,
              duration: secondsOf(rule.for),
              health: 'ok',
              error: '',
              query: await formatted(ruler, rule.expr),
            },
          );
        }
    });
  }

  test('lokitool refuses what is no LogQL, and an unknown key', async () => {
    const [text = ''] = texts.values();
    await assert.rejects(checked(text.replace('sum by', 'sum bye')));
    await assert.rejects(checked(text.replace('severity:', 'severity: [').replace('expr:', 'exp:')));
  });

  test('two queries that differ are told apart', async () => {
    const query = 'sum(count_over_time({job="a"}[5m])) > 0';
    assert.equal(await formatted(ruler, query), await formatted(ruler, `(${query.replace('5m', '300s')})`));
    assert.notEqual(await formatted(ruler, query), await formatted(ruler, query.replace('5m', '6m')));
  });
});

async function checked(text: string): Promise<void> {
  await using folder = temporaryFolder('rules');
  const { lokitool } = await needBinaries('loki');
  const path = join(folder.path, 'kube-events.yaml');
  await writeFile(path, text);
  await run(lokitool, ['rules', 'check', path]);
}

/** As Loki itself prints a query: its own syntax tree, whatever it was written like. */
async function formatted({ url }: Ruler, query = ''): Promise<string> {
  const response = await fetch(`${url}/loki/api/v1/format_query?${new URLSearchParams({ query })}`);
  const body = await response.text();
  assert.equal(response.status, 200, body);
  return (JSON.parse(body) as { data: string }).data;
}

function secondsOf(duration: string): number {
  const units = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const;
  return Array.from(duration.matchAll(/(\d+)([wdhms])/g)).reduce(
    (sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units],
    0,
  );
}
