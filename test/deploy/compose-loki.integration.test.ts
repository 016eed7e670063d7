import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { queryInstant } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { type ComposeLoki, startComposeLoki } from './compose-loki.ts';
import { composeFile, loadCompose, projectFolder } from './compose-project.ts';

const skip = await skipWithout('loki', 'compose');

describe('the Loki of compose', { skip }, () => {
  let loki: ComposeLoki;
  before(async () => {
    loki = await startComposeLoki();
  });
  after(() => loki?.[Symbol.asyncDispose]());

  test('keeps events for 90 days, other streams for 31, and deletes what is older', async () => {
    const { limits_config: limits, compactor, schema_config: schema } = parse(await loki.config());
    assert.equal(compactor.retention_enabled, true);
    assert.equal(compactor.delete_request_store, 'filesystem');
    assert.equal(days(limits.retention_period), 31);
    assert.deepEqual(
      limits.retention_stream.map(({ selector, period }: { selector: string; period: string }) => [
        selector,
        days(period),
      ]),
      [['{job="kube-events"}', 90]],
    );
    // A query over all of it is allowed.
    assert.ok(days(limits.max_query_length) > 90);
    assert.equal(limits.allow_structured_metadata, true);
    assert.equal(schema.configs.at(-1).schema, 'v13');
  });

  test('has the rules that are mounted, and tells Alertmanager', async () => {
    const response = await fetch(`${loki.url}/prometheus/api/v1/rules`, {
      signal: AbortSignal.timeout(15_000),
    });
    const { data } = (await response.json()) as { data: { groups: { rules: { name: string }[] }[] } };
    const loaded = data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
    for (const name of ['CrashLoop', 'NodeNotReady', 'ConntrackFull', 'Watchdog']) {
      assert.ok(loaded.includes(name), name);
    }
    const { ruler } = parse(await loki.config());
    assert.match(ruler.alertmanager_url, /^http:\/\/127\.0\.0\.1:/);
    assert.equal(ruler.enable_alertmanager_v2, true);
  });

  test('gets the scenario from the demo, as its container runs it', async () => {
    const { command = [] } = (await loadCompose()).services['demo'] ?? {};
    const [, entry = ''] = /^ENTRYPOINT \["node", "(.+)"\]$/m.exec(composeFile('demo/Dockerfile')) ?? [];
    const args = command.map(argument => argument.replace('http://loki:3100', loki.url));
    assert.ok(args.includes(loki.url));
    const demo = spawn(process.execPath, [entry, ...args], {
      cwd: projectFolder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise(resolve => demo.once('exit', resolve));
    const [out, errors] = await Promise.all([text(demo.stdout), text(demo.stderr)]);
    assert.equal(await exited, 0, `${out}\n${errors}`);
    const query =
      'sum by (reason) (sum_over_time({job="kube-events", cluster=~"demo-.+"} | unwrap occurrences [3h]))';
    const reasons = await queryInstant(loki.url, query, BigInt(Date.now()) * 1_000_000n);
    assert.ok(reasons.length > 20, `${reasons.length} reasons`);
  });
});

/** A duration of Loki in days. */
function days(duration: string): number {
  const units = { w: 7, d: 1, h: 1 / 24, m: 1 / 1440, s: 1 / 86_400 } as const;
  const parts = [...duration.matchAll(/(\d+)([wdhms])/g)];
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * units[unit as keyof typeof units], 0);
}
