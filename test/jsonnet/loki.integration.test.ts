import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DashboardJson, queriesOf } from '../../dashboards/rules/dashboard-json.ts';
import { nodesOf } from '../../dashboards/rules/query-text.ts';
import { interpolate, requestOf, stepOf } from '../dashboards/grafana.ts';
import { ask } from '../dashboards/loki-answer.ts';
import { startSeededLoki } from '../dashboards/seeded-loki.ts';
import { evaluate } from '../servers/jsonnet.ts';
import { queryInstant } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';

const skip = await skipWithout('jsonnet', 'loki');
const mixin = fileURLToPath(new URL('../../jsonnet/mixin.libsonnet', import.meta.url));

interface Rendered {
  readonly dashboards: Readonly<Record<string, DashboardJson>>;
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[];
  }[];
}

describe('what the mixin renders, on a real Loki', { skip }, () => {
  test('every query parses and runs', async () => {
    const seeded = await startSeededLoki();
    try {
      const chosen = {
        job: seeded.job('default'),
        selector: 'kind!="Nothing", namespace=~".+"',
        heartbeat: true,
      };
      const { dashboards, groups } = (await evaluate(`
        local mixin = (import '${mixin}') + { _config+:: { kubeEvents+: ${JSON.stringify(chosen)} } };
        { dashboards: mixin.grafanaDashboards, groups: (mixin.lokiAlerts + mixin.lokiRules).groups }
      `)) as Rendered;
      let [asked, answered] = [0, 0];
      for (const dashboard of Object.values(dashboards)) {
        for (const { expr, target, panel, language, place } of queriesOf(dashboard)) {
          if (language !== 'logql') continue;
          assert.equal(nodesOf(expr, 'logql').find(({ name }) => name === '⚠')?.text, undefined, place);
          const time = { from: seeded.end - 24 * 3_600_000, to: seeded.end };
          const text = interpolate(expr, dashboard.templating.list, {});
          const step = stepOf(time, panel.gridPos?.w ?? 24, panel.maxDataPoints);
          const { series, type } = await ask(seeded.url, requestOf(target, text, time, step));
          asked += 1;
          if (series.length > 0 || type === 'streams') answered += 1;
        }
      }
      // The further matchers leave everything: most panels have something to show.
      assert.ok(asked > 80, `${asked} queries`);
      assert.ok(answered > asked * 0.8, `${answered} of ${asked} queries have an answer`);
      const rules = groups.flatMap(group => group.rules);
      assert.ok(rules.length > 25);
      for (const { expr } of rules) {
        assert.equal(nodesOf(expr, 'logql').find(({ name }) => name === '⚠')?.text, undefined, expr);
        await queryInstant(seeded.url, expr, BigInt(seeded.end) * 1_000_000n);
      }
    } finally {
      await seeded.loki.stop();
    }
  });
});
