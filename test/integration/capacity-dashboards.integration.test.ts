import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Causes } from '../../dashboards/cause.ts';
import { pullCauses, refusalCauses, scaleUpCauses, schedulingCauses } from '../../dashboards/causes.ts';
import { type ProfileName, profileNames, profiles } from '../../dashboards/profile.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import type { DashboardJson, PanelJson } from '../../dashboards/rules/dashboard-json.ts';
import {
  capacityEvents,
  failedImages,
  missedScaleUps,
  refusedCreations,
  revisionsOf,
  type Told,
  unscheduledPods,
} from '../dashboards/capacity-seed.ts';
import { type Choices, interpolate, requestOf, stepOf } from '../dashboards/grafana.ts';
import { type Answer, ask } from '../dashboards/loki-answer.ts';
import { ship } from '../dashboards/shippers.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';

const skip = await skipWithout('loki');
const hour = 3_600_000;
const end = Math.floor(Date.now() / 1000) * 1000;
const jobOf = (profile: ProfileName) => `capacity/${profile}`;

type DashboardName = 'nodes' | 'scheduling';
/** What a number is where entries tell their occurrences, and where an entry counts as one. */
type Worth = readonly [occurrences: number, entries: number];

test('there is a message for every text that is a cause', () => {
  const told = (events: readonly Told[]) => new Set(events.map(({ cause }) => cause));
  const lacking = (causes: Causes, events: readonly Told[]) =>
    causes.flat().filter(text => !told(events).has(text));
  assert.deepEqual(lacking(schedulingCauses, unscheduledPods), []);
  assert.deepEqual(lacking(refusalCauses, refusedCreations), []);
  assert.deepEqual(lacking(pullCauses, failedImages), []);
  assert.deepEqual(lacking(scaleUpCauses.slice(0, 1), missedScaleUps), []);
});

describe('dashboards of nodes and of scheduling', { skip }, () => {
  let loki: Loki;

  before(async () => {
    loki = await startLoki({ own: true });
    const revisions = revisionsOf(capacityEvents, end);
    for (const profile of profileNames) await ship(loki.url, revisions, profile, jobOf(profile));
  });
  after(() => loki?.stop());

  for (const profile of profileNames) {
    describe(`profile ${profile}`, () => {
      const { hasOccurrences } = profiles[profile];
      const worth = ([occurrences, entries]: Worth) => (hasOccurrences ? occurrences : entries);
      const worths = (table: Readonly<Record<string, Worth>>) =>
        Object.fromEntries(Object.entries(table).map(([name, value]) => [name, worth(value)]));
      const worthOf = (events: readonly Told[]) =>
        worth([events.reduce((sum, { occurrences }) => sum + occurrences, 0), events.length]);
      const byCause = (events: readonly Told[]) =>
        Object.fromEntries(
          Array.from(
            Map.groupBy(events, ({ cause }) => cause ?? ''),
            ([cause, told]) => [cause, worthOf(told)],
          ),
        );

      /** Asks a target of a panel as Grafana does. */
      async function answer(
        dashboard: DashboardJson,
        panel: PanelJson,
        refId: string,
        hours: number,
        choices: Choices,
      ): Promise<Answer> {
        const target = panel.targets?.find(each => each.refId === refId) ?? assert.fail(refId);
        const expr = interpolate(target.expr ?? '', dashboard.templating.list, choices);
        const range = { from: end - hours * hour, to: end };
        return await ask(loki.url, requestOf(target, expr, range, stepOf(range, panel.gridPos?.w ?? 24)));
      }

      /** A panel's first query over an hour. A total can have the title of a graph. */
      async function panel(name: DashboardName, title: string, choices: Choices = {}, type?: string) {
        const dashboard = dashboardOf(profile, name);
        const found = dashboard.panels.filter(
          each => each.title === title && (type === undefined ? each.type !== 'stat' : each.type === type),
        );
        assert.equal(found.length, 1, title);
        return await answer(dashboard, found[0] ?? assert.fail(title), 'A', 1, choices);
      }

      async function total(name: DashboardName, title: string, choices: Choices = {}): Promise<number> {
        const { series } = await panel(name, title, choices, 'stat');
        return series[0]?.values[0]?.[1] ?? 0;
      }

      test('no query fails over a day, nor has Loki warnings', async () => {
        for (const name of ['nodes', 'scheduling'] as const) {
          const dashboard = dashboardOf(profile, name);
          for (const each of dashboard.panels) {
            for (const { refId } of each.targets ?? []) {
              assert.deepEqual((await answer(dashboard, each, refId, 24, {})).warnings, []);
            }
          }
        }
      });

      test('each message of a scheduler counts under its cause, and once', async () => {
        const expected = byCause(unscheduledPods);
        assert.deepEqual(sums(await panel('scheduling', 'Causes'), 'cause'), expected);
        assert.deepEqual(sums(await panel('scheduling', 'Cause'), 'cause'), expected);
        assert.equal(await total('scheduling', 'No node'), worthOf(unscheduledPods));
        assert.equal(worthOf(unscheduledPods), worth([89, 55]));
      });

      test('a cause leads to those that wait for it', async () => {
        const chosen = {
          cause: ['Insufficient cpu', 'node affinity/selector', 'Insufficient nvidia.com/gpu'],
        };
        const waiting = await panel('scheduling', 'Waiting namespaces', chosen);
        assert.deepEqual(sums(waiting, 'namespace'), worths({ shop: [18, 4] }));
        assert.equal((await panel('scheduling', 'What schedulers say', chosen)).lines.length, 4);
      });

      test('refusals by cause, and quotas by namespace', async () => {
        assert.deepEqual(
          sums(await panel('scheduling', 'Refused, by cause'), 'cause'),
          byCause(refusedCreations),
        );
        const quotas = await panel('scheduling', 'Quota exceeded, by namespace');
        assert.deepEqual(sums(quotas, 'namespace'), worths({ shop: [6, 1] }));
        assert.equal(await total('scheduling', 'Quota exceeded'), worth([6, 1]));
      });

      test('preemption and autoscaling', async () => {
        assert.equal(await total('scheduling', 'Preempted'), worth([3, 2]));
        assert.deepEqual(
          sums(await panel('scheduling', 'HorizontalPodAutoscalers'), 'reason'),
          worths({ SuccessfulRescale: [3, 1], FailedGetResourceMetric: [4, 1] }),
        );
        assert.equal(await total('scheduling', 'Autoscaler failures'), worth([4, 1]));
        assert.deepEqual(
          sums(await panel('scheduling', 'Why the cluster does not grow'), 'cause'),
          byCause(missedScaleUps),
        );
        const elsewhere = { namespace: ['somewhere'] };
        assert.deepEqual(
          sums(await panel('scheduling', 'Node autoscalers', elsewhere), 'reason'),
          worths({
            TriggeredScaleUp: [2, 1],
            NotTriggerScaleUp: [10, 7],
            ScaleDown: [1, 1],
            FailedToScaleUpGroup: [2, 1],
          }),
        );
      });

      test('volumes and images', async () => {
        assert.deepEqual(
          sums(await panel('scheduling', 'Volumes, by reason'), 'reason'),
          worths({ FailedMount: [3, 1], ProvisioningFailed: [2, 1], FailedBinding: [1, 1] }),
        );
        assert.equal(await total('scheduling', 'Volume failures'), worth([6, 3]));
        assert.deepEqual(sums(await panel('scheduling', 'Images, by cause'), 'cause'), byCause(failedImages));
        assert.equal(await total('scheduling', 'Image failures'), worthOf(failedImages));
      });

      test('what becomes of nodes, of either type', async () => {
        const totals: Readonly<Record<string, Worth>> = {
          'Not ready': [4, 3],
          Rebooted: [1, 1],
          Pressure: [7, 2],
          Evicted: [5, 2],
          'Out of memory': [8, 3],
          'Other problems': [12, 4],
        };
        for (const [title, value] of Object.entries(totals)) {
          assert.equal(await total('nodes', title), worth(value), title);
        }
        const graphs: Readonly<Record<string, Readonly<Record<string, Worth>>>> = {
          'Coming and going': { NodeNotReady: [4, 3], NodeReady: [1, 1], Rebooted: [1, 1] },
          Pressure: { NodeHasDiskPressure: [4, 1], EvictionThresholdMet: [3, 1] },
          'Problems that node-problem-detector found': {
            ConntrackFull: [6, 1],
            KernelDeadlock: [1, 1],
            DockerHung: [2, 1],
            TaskHung: [3, 1],
          },
          'Out of memory': { SystemOOM: [2, 1], OOMKilling: [1, 1], OOMKilled: [5, 1] },
          'Evictions by reason': { Evicted: [2, 1], TaintManagerEviction: [3, 1] },
          Reasons: {
            NodeNotReady: [4, 3],
            NodeReady: [1, 1],
            Rebooted: [1, 1],
            NodeHasDiskPressure: [4, 1],
            EvictionThresholdMet: [3, 1],
            NodeHasSufficientMemory: [1, 1],
            SystemOOM: [2, 1],
            OOMKilling: [1, 1],
            ConntrackFull: [6, 1],
            KernelDeadlock: [1, 1],
            DockerHung: [2, 1],
            TaskHung: [3, 1],
            KubeletIsHealthy: [1, 1],
            MyOwnCheck: [7, 1],
            ScaleDown: [1, 1],
          },
        };
        for (const [title, table] of Object.entries(graphs)) {
          assert.deepEqual(sums(await panel('nodes', title), 'reason'), worths(table), title);
        }
        assert.equal((await panel('nodes', 'Events of nodes')).lines.length, 17);
        assert.equal((await panel('nodes', 'Evicted pods')).lines.length, 2);
      });

      test('a node by a part of its name, whoever reports', async () => {
        const chosen = { node: 'KER-1' };
        assert.equal(await total('nodes', 'Not ready', chosen), worth([2, 1]));
        assert.equal(await total('nodes', 'Out of memory', chosen), worth([7, 2]));
        assert.equal(await total('nodes', 'Evicted', chosen), worth([2, 1]));
        assert.equal(await total('nodes', 'Other problems', chosen), worth([3, 1]));
      });

      test('a namespace narrows down pods, and hides no node', async () => {
        const chosen = { namespace: ['batch'], workload: 'nightly' };
        assert.equal(await total('nodes', 'Not ready', chosen), worth([4, 3]));
        assert.equal(await total('nodes', 'Out of memory', chosen), worth([8, 3]));
        assert.equal(await total('nodes', 'Evicted', chosen), worth([3, 1]));
        const evictions = await panel('nodes', 'Evictions by namespace', chosen);
        assert.deepEqual(sums(evictions, 'namespace'), { batch: worth([3, 1]) });
      });
    });
  }
});

function dashboardOf(profile: ProfileName, name: DashboardName): DashboardJson {
  const made = renderDashboards({ profile, job: jobOf(profile) }).get(name);
  return JSON.parse(JSON.stringify(made)) as DashboardJson;
}

/** The values of each series together, by a label. */
function sums({ series }: Answer, label: string): Record<string, number> {
  return Object.fromEntries(
    series.map(({ labels, values }) => [
      labels[label] ?? '',
      values.reduce((sum, [, value]) => sum + value, 0),
    ]),
  );
}
