import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderRules } from '../../alert-rules/render.ts';
import { rulerFile } from '../../alert-rules/targets/ruler.ts';
import { skipWithout } from '../servers/require.ts';
import { type LoadedRule, type Ruler, startRuler } from '../servers/ruler.ts';
import { late } from './case.ts';
import type { Incident } from './incident.ts';
import { push } from './push.ts';
import { evaluatedSince, quickRules } from './stage.ts';

const skip = await skipWithout('loki');

/** More than the series that Loki answers by default, 500. */
const workloads = 600;

function crashLoop(index: number): Incident {
  return {
    namespace: 'shop',
    kind: 'Pod',
    name: `app${index}-7c9d8b6f5-x2x4z`,
    reason: 'BackOff',
    message: 'Back-off restarting failed container app',
    type: 'Warning',
    component: 'kubelet',
    node: 'node-1',
    container: 'app',
    counts: [[late, 5]],
  };
}

/** The rules, evaluated while more workloads crash than Loki has series for. */
async function afterCrashes(ruler: Ruler): Promise<readonly LoadedRule[]> {
  const events = Array.from({ length: workloads }, (_, index) => crashLoop(index));
  await push(ruler.url, new Map([['many', { events }]]));
  await evaluatedSince(ruler, Date.now());
  return (await ruler.rules()).flatMap(({ rules }) => rules);
}

describe('600 workloads that crash at once', { skip, timeout: 120_000 }, () => {
  const config = quickRules('1s');
  const files = { 'kube-events.yaml': rulerFile(renderRules(config), config) };

  test('by default Loki refuses the rule by workload, and says so; the spike of their namespace is told', async () => {
    await using ruler = await startRuler({ files });
    const rules = await afterCrashes(ruler);
    const byWorkload = rules.find(({ name }) => name === 'CrashLoop');
    assert.equal(byWorkload?.health, 'err');
    assert.match(byWorkload?.lastError ?? '', /maximum number of series \(500\) reached/);
    const broken = rules.filter(({ health }) => health !== 'ok').map(({ name }) => name);
    assert.deepEqual(broken, ['CrashLoop']);
    const [spike, ...others] = rules.find(({ name }) => name === 'WarningSpike')?.alerts ?? [];
    assert.equal(spike?.annotations['summary'], 'Warning spike in shop');
    assert.deepEqual(others, []);
  });

  test('with a higher max_query_series every one of them has its alert', async () => {
    await using ruler = await startRuler({ files, limits: { max_query_series: 2 * workloads } });
    const rules = await afterCrashes(ruler);
    assert.deepEqual(
      rules.filter(({ health }) => health !== 'ok'),
      [],
    );
    assert.equal(rules.find(({ name }) => name === 'CrashLoop')?.alerts?.length, workloads);
  });
});
