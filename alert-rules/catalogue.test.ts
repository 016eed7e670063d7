import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { profileNames } from '../dashboards/profile.ts';
import { formatDashboard, renderDashboards } from '../dashboards/render.ts';
import { type DashboardJson, panelsOf } from '../dashboards/rules/dashboard-json.ts';
import { labelsOf, nodesOf } from '../dashboards/rules/query-text.ts';
import { dashboardUid } from '../dashboards/uids.ts';
import { isKnownReason } from '../exporter/event/reasons/catalogue.ts';
import { ruleGroups } from './catalogue.ts';
import { rulesConfigSchema } from './config.ts';
import { secondsOf } from './duration.ts';
import { expressionOf, type RenderedRule, renderRules } from './render.ts';
import { type AlertRule, type EventRule, languages, type Setting } from './rule.ts';
import { prometheusTemplates, templated } from './targets/target.ts';

const rules = ruleGroups.flatMap(group => group.rules);
const eventRules = rules.filter((rule): rule is EventRule => rule.about === 'events');

/** Every rule as each profile and language has it. */
const rendered = profileNames.flatMap(profile =>
  languages.map(language => {
    // Only our own exporter has heartbeats.
    const heartbeat = profile === 'default' || profile === 'logfmt' || profile === 'json';
    const config = rulesConfigSchema.parse({ profile, language, heartbeat });
    return { profile, language, rules: renderRules(config).flatMap(group => group.rules) };
  }),
);
const asWeHaveThem = rendered.find(({ profile, language }) => profile === 'default' && language === 'en');
const defaults = new Map(asWeHaveThem?.rules.map(rule => [rule.name, rule]));

function placeholdersOf(text: string): string[] {
  return Array.from(text.matchAll(/\{(\w+)\}/g), ([, name = '']) => name).sort();
}

function seconds(duration: Setting['default'] | undefined): number {
  const found = secondsOf(String(duration));
  assert.ok(found !== undefined, `${duration} is no duration`);
  return found;
}

function isLogQl(query: string): boolean {
  return nodesOf(query, 'logql').every(({ name }) => name !== '⚠');
}

function defaultOf(rule: AlertRule): RenderedRule {
  const found = defaults.get(rule.name);
  assert.ok(found, `${rule.name} is not rendered`);
  return found;
}

describe('the catalogue', () => {
  test('has every rule that is promised', () => {
    const promised =
      'WarningSpike NewWarningReason CrashLoop ImagePullFailed FailedScheduling FailedCreate VolumeFailure ProbeFailures ' +
      'NodeNotReady NodeRebooted NodePressure Evictions OomKill Preemption JobFailed HpaFailing NetworkNotReady ' +
      'ConntrackFull KernelProblem ClusterSilent PipelineSilent Watchdog NodeTrouble';
    const names = rules.map(({ name }) => name);
    assert.deepEqual(
      promised.split(' ').filter(name => !names.includes(name)),
      [],
    );
  });

  test('gives no name twice, and names that can be those of files', () => {
    const names = [...rules, ...ruleGroups].map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
    for (const { name } of rules) assert.match(name, /^(?:[A-Z][a-z]+)+$/);
    for (const { name } of ruleGroups) assert.match(name, /^kube-events-[a-z]+$/);
  });

  test('has nothing that keeps a rule from being rendered', () => {
    assert.deepEqual(
      [...defaults.keys()],
      rules.map(({ name }) => name),
    );
  });
});

describe('queries', () => {
  for (const { profile, language, rules } of rendered.filter(({ language }) => language === 'en')) {
    test(`of profile ${profile} are LogQL`, () => {
      assert.equal(language, 'en');
      assert.ok(rules.length > 20);
      for (const rule of rules) {
        const entries = rule.entries?.replace(/\{"\w+"\}/g, '"value"');
        for (const query of [expressionOf(rule), ...(entries === undefined ? [] : [entries])])
          assert.ok(isLogQl(query), `${rule.name}: ${query}`);
      }
    });

    test(`of profile ${profile} give the labels that their rules promise`, () => {
      for (const { name, query, by } of rules) {
        if (by.length > 0) assert.deepEqual(labelsOf(query)?.toSorted(), by.toSorted(), name);
        // What is compared with each other has the same labels, or the cluster that it is compared on.
        const on = query.includes(' on (cluster) ') ? ['cluster'] : [];
        for (const [, labels = ''] of query.matchAll(/\bby \(([^)]*)\)/g))
          assert.ok([by.join(', '), ...on].includes(labels), `${name}: by (${labels})`);
      }
    });
  }

  test('count nothing whose time of occurring nobody knows', () => {
    let sums = 0;
    for (const { name, query } of defaults.values()) {
      const all = query.match(/\| unwrap occurrences/g) ?? [];
      assert.deepEqual(
        query.match(/\| baseline!="unknown" \| unwrap occurrences/g) ?? [],
        [...all.map(() => '| baseline!="unknown" | unwrap occurrences')],
        name,
      );
      sums += all.length;
    }
    assert.ok(sums > 15);
  });
});

describe('selections', () => {
  test('do not read Warnings alone: what matters is often Normal, or was in older versions', () => {
    const byType = eventRules.filter(rule => /\btype\b/.test(defaultOf(rule).query));
    assert.deepEqual(
      byType.map(({ name }) => name),
      // What they are about is the type itself.
      ['WarningSpike', 'NewWarningReason'],
    );
  });

  test('name reasons that exist', () => {
    const strange = eventRules.flatMap(({ selection: { reasons = [] } }) =>
      reasons.filter(reason => !isKnownReason(reason)),
    );
    // Conditions of node-problem-detector, which some of its configurations give as reasons.
    assert.deepEqual([...new Set(strange)].sort(), ['KernelDeadlock', 'ReadonlyFilesystem']);
  });

  test('are what the query asks for: each of their reasons is in it', () => {
    for (const rule of eventRules)
      for (const reason of rule.selection.reasons ?? [])
        assert.ok(
          new RegExp(`[|"]${reason}[|"]`).test(defaultOf(rule).query),
          `${rule.name} does not read ${reason}`,
        );
  });
});

describe('grouping', () => {
  test('is by what is bounded, by the node, or by the workload of named reasons', () => {
    for (const { name, by, selection } of eventRules) {
      const allowed = ['namespace', 'kind', 'reason', 'node', ...(selection.reasons ? ['workload'] : [])];
      assert.deepEqual(
        by.filter(field => !allowed.includes(field)),
        [],
        name,
      );
    }
  });

  test('by node leaves the namespace out, which is default for all of them', () => {
    const found = eventRules.filter(({ by }) => by.includes('node') && by.includes('namespace'));
    assert.deepEqual(
      found.map(({ name }) => name),
      [],
    );
  });

  test('by node has a companion that reads the same reasons by bounded labels', () => {
    const companion = eventRules.find(({ name }) => name === 'NodeTrouble');
    assert.ok(companion);
    assert.deepEqual(companion.by, ['reason']);
    const { query } = defaultOf(companion);
    const byNode = eventRules.filter(({ by }) => by.includes('node'));
    assert.ok(byNode.length >= 7);
    for (const { name, selection } of byNode) {
      assert.ok(
        selection.kinds?.every(kind => companion.selection.kinds?.includes(kind)),
        name,
      );
      for (const reason of selection.reasons ?? [])
        assert.ok(
          companion.selection.reasons?.includes(reason) && new RegExp(`[|"]${reason}[|"]`).test(query),
          `NodeTrouble does not read ${reason} of ${name}`,
        );
    }
  });
});

/** How late an entry can arrive after its time. */
const lateness = 6 * 60;
/** From one write of client-go's recorder to the next, when it holds repeats back. */
const lump = 5 * 60;

describe('windows', () => {
  /*
   * What arrives as late as can be has to be in the window when the rule is next evaluated, and stay in it for `for`; the
   * next write about what lasts has to be there before it leaves.
   */
  test('are longer than entries are late, repeats apart, evaluations apart and the condition has to hold', () => {
    for (const group of ruleGroups)
      for (const rule of group.rules.filter(({ about }) => about === 'events')) {
        const needed = lateness + lump + seconds(group.interval) + seconds(rule.for);
        const window = seconds(rule.settings['window']?.default);
        assert.ok(window >= needed, `${rule.name}: ${window} s, and it takes ${needed}`);
      }
  });

  test('of what the scheduler says are longer than its writes are apart', () => {
    const scheduling = eventRules.find(({ name }) => name === 'FailedScheduling');
    // A series is written every 30 minutes; its last try may be five minutes old by then.
    const needed = 30 * 60 + 5 * 60 + lateness;
    assert.ok(seconds(scheduling?.settings['window']?.default) >= needed);
  });

  test('of what controllers may not create hold enough tries', () => {
    const create = eventRules.find(({ name }) => name === 'FailedCreate');
    const threshold = Number(create?.settings['threshold']?.default);
    // Their queues wait 1,000 seconds at most.
    assert.ok(seconds(create?.settings['window']?.default) - lateness >= threshold * 1000);
  });
});

describe('texts', () => {
  test('are there in each language, with the same placeholders', () => {
    for (const { name, summary, description } of rules)
      for (const text of [summary, description]) {
        assert.match(text.zh, /\p{Script=Han}/u, name);
        assert.doesNotMatch(text.en, /\p{Script=Han}/u, name);
        assert.match(text.en, /\S/, name);
        assert.deepEqual(placeholdersOf(text.zh), placeholdersOf(text.en), name);
      }
  });

  test('name labels that the rule groups by, its settings, and the value', () => {
    for (const { name, by, settings, summary, description } of rules) {
      const known = ['cluster', 'value', ...by, ...Object.keys(settings)];
      for (const placeholder of [summary, description].flatMap(text => placeholdersOf(text.en)))
        assert.ok(known.includes(placeholder), `${name}: {${placeholder}}`);
    }
  });

  test('have no placeholder left when they are rendered', () => {
    for (const { profile, rules } of rendered)
      for (const rule of rules)
        for (const text of [rule.summary, rule.description]) {
          const written = templated(text, rule, prometheusTemplates).replaceAll(/\{\{[^}]*\}\}/g, '');
          assert.doesNotMatch(written, /[{}]/, `${profile} ${rule.name}`);
        }
  });

  test('of a runbook lead to pages that there are, and its checks have commands', () => {
    const names = rules.map(({ name }) => name);
    for (const { name, runbook } of rules) {
      const { meaning, checks, causes, notes = [] } = runbook;
      assert.match(meaning, /^\S.*\.$/s, name);
      assert.ok(checks.length === 3 && causes.length > 0, name);
      assert.ok(
        checks.every(check => check.includes('`')),
        `${name}: checks without commands`,
      );
      for (const text of [meaning, ...checks, ...causes, ...notes])
        for (const [, shown = '', page = ''] of text.matchAll(/\[(\w+)\]\((\w+)\.md\)/g))
          assert.ok(shown === page && page !== name && names.includes(page), `${name}: ${text}`);
    }
  });
});

describe('panels', () => {
  const dashboards = Array.from(
    renderDashboards({ profile: 'default' }),
    ([, dashboard]) => JSON.parse(formatDashboard(dashboard)) as DashboardJson,
  );

  test('that rules are linked to exist once', () => {
    for (const { name, panel } of eventRules) {
      assert.ok(panel, `${name} has no panel`);
      const dashboard = dashboards.find(({ uid }) => uid === dashboardUid(panel.dashboard));
      const found = dashboard && panelsOf(dashboard).filter(({ title }) => title === panel.title);
      assert.equal(found?.length, 1, `${name}: ${panel.dashboard}, ${panel.title}`);
    }
  });
});
