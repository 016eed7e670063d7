import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { until } from '../chaos/until.ts';
import { queryEntries } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { type AlertCase, clusterOf, type ExpectedAlert } from './case.ts';
import { cases } from './cases.ts';
import type { NotifiedAlert } from './recorder.ts';
import { alertsIn, play, quickRules, type Stage, startStage } from './stage.ts';

const skip = await skipWithout('loki', 'alertmanager');

describe('what makes rules fire, and what does not', { skip, timeout: 300_000 }, () => {
  let stage: Stage;

  before(async () => {
    stage = await startStage(quickRules('3s', { heartbeat: true }));
    await until('it is silent', 30, () => firing(stage, 'PipelineSilent'));
    await play(stage, cases);
  });
  after(() => stage?.[Symbol.asyncDispose]());

  for (const what of cases) {
    test(`${what.rule}: ${what.title}`, async () => {
      const told = alertsIn(stage, what);
      const fired = told.filter(({ status }) => status === 'firing');
      assert.deepEqual(
        fired.map(textOf).sort(byRule),
        what.alerts.map(a => expectedText(what, a)).sort(byRule),
      );
      assert.deepEqual(
        told
          .filter(({ status }) => status === 'resolved')
          .map(({ labels }) => labels['alertname'])
          .sort(),
        what.alerts
          .filter(({ resolves = true }) => resolves)
          .map(({ rule }) => rule)
          .sort(),
      );
      for (const { rule, newest } of what.alerts) {
        const logql = fired.find(({ labels }) => labels['alertname'] === rule)?.annotations['logql'];
        assert.equal(await newestLine(stage, logql), newest);
      }
    });
  }

  test('no two cases share a cluster', () => {
    assert.deepEqual(
      cases.map(clusterOf).filter((cluster, index, all) => all.indexOf(cluster) !== index),
      [],
    );
  });

  test('every rule has a case that fires and resolves, one of late entries, one of folded labels, and one that is silent', () => {
    const raised = (what: AlertCase) => what.alerts.filter(({ rule }) => rule === what.rule);
    const lacking = ruleGroups
      .flatMap(group => group.rules)
      .filter(({ name, about }) => {
        const own = cases.filter(({ rule }) => rule === name);
        const silent = own.some(({ alerts }) => alerts.length === 0);
        const resolves = own.some(what => raised(what).some(({ resolves = true }) => resolves));
        const late = own.some(what => what.title.includes('late') && raised(what).length > 0);
        const folded = own.some(what => what.title.includes('folded') && raised(what).length > 0);
        return !silent || !resolves || (about === 'events' && !(late && folded));
      });
    assert.deepEqual(
      lacking.map(({ name }) => name),
      // Of no cluster: their own tests.
      ['PipelineSilent', 'Watchdog'],
    );
  });

  test('PipelineSilent: no heartbeat at all, until there is one', () => {
    const told = stage.recorder.alerts.filter(({ labels }) => labels['alertname'] === 'PipelineSilent');
    assert.deepEqual(
      told.map(({ status, labels, annotations }) => ({ status, labels, annotations })),
      (['firing', 'resolved'] as const).map(status => ({
        status,
        labels: { alertname: 'PipelineSilent', severity: 'critical' },
        annotations: {
          summary: 'No cluster sends Kubernetes events',
          description:
            'Loki has got no heartbeat of any exporter for 15m: no events come either, and no alert on them fires.',
        },
      })),
    );
  });

  test('Watchdog: it fires, and never resolves', () => {
    const told = stage.recorder.alerts.filter(({ labels }) => labels['alertname'] === 'Watchdog');
    assert.deepEqual(
      told.map(({ status, labels, annotations }) => ({ status, labels, annotations })),
      [
        {
          status: 'firing',
          labels: { alertname: 'Watchdog', severity: 'info' },
          annotations: {
            summary: 'Alerts on Kubernetes events arrive',
            description: 'This alert fires always. When it stops, no alert on events would reach you.',
          },
        },
      ],
    );
  });
});

interface AlertText {
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string | undefined;
  readonly description: string | undefined;
}

function textOf({ labels, annotations }: NotifiedAlert): AlertText {
  return { labels, summary: annotations['summary'], description: annotations['description'] };
}

function expectedText(
  what: AlertCase,
  { rule, severity, labels, summary, description }: ExpectedAlert,
): AlertText {
  return { labels: { alertname: rule, cluster: clusterOf(what), severity, ...labels }, summary, description };
}

function byRule(a: AlertText, b: AlertText): number {
  return JSON.stringify([a.labels['alertname'], a.summary]) <
    JSON.stringify([b.labels['alertname'], b.summary])
    ? -1
    : 1;
}

function firing({ recorder }: Stage, rule: string): boolean {
  return recorder.alerts.some(({ labels }) => labels['alertname'] === rule);
}

/** The line that is put on a message, of the last day. */
async function newestLine({ ruler }: Stage, logql: string | undefined): Promise<string | undefined> {
  if (logql === undefined) return undefined;
  const now = BigInt(Date.now()) * 1_000_000n;
  const entries = await queryEntries(ruler.url, logql, now - 86_400_000_000_000n, now);
  return entries.toSorted((a, b) => Number(b.timestamp - a.timestamp))[0]?.line;
}
