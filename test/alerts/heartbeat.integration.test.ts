import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RulesConfig, rulesConfigSchema } from '../../alert-rules/config.ts';
import { expressionOf, renderRules } from '../../alert-rules/render.ts';
import { rulerFile } from '../../alert-rules/targets/ruler.ts';
import { LokiClient } from '../../exporter/loki/client.ts';
import { encodeHeartbeat } from '../../exporter/loki/heartbeat.ts';
import { lineFormats } from '../../exporter/loki/line.ts';
import { heartbeatMetadata } from '../../exporter/loki/schema.ts';
import { until } from '../chaos/until.ts';
import { FakeApiServer } from '../fakes/api-server.ts';
import { ConfiguredExporter } from '../integration/configured-exporter.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, queryInstant } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { type Ruler, startRuler } from '../servers/ruler.ts';

const skip = await skipWithout('loki');
const never = new AbortController().signal;
const hour = 3_600_000_000_000n;

/** Heartbeats of a job in Loki, oldest first. @param stage a parser, or nothing */
async function heartbeats(url: string, cluster: string, tenant: string, stage = '') {
  const now = BigInt(Date.now()) * 1_000_000n;
  const query = `{job="kube-events-heartbeat", cluster="${cluster}"}${stage}`;
  return queryEntries(url, query, now - hour, now + hour, tenant);
}

describe('heartbeats of a real exporter in a real Loki', { skip }, () => {
  let folder: string;
  let api: FakeApiServer;
  let loki: Loki;
  let events: number;
  const exporters: ConfiguredExporter[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heartbeat-'));
    api = await new FakeApiServer().start();
    await api.writeKubeconfig(join(folder, 'kubeconfig'));
    events = 0;
    for (const namespace of ['shop', 'shop', 'pay']) append(namespace);
    const overrides = join(folder, 'overrides.yaml');
    writeFileSync(overrides, JSON.stringify({ overrides: { plain: { allow_structured_metadata: false } } }));
    loki = await startLoki({
      own: true,
      config: { auth_enabled: true, runtime_config: { file: overrides } },
    });
  });

  after(async () => {
    for (const exporter of exporters) await exporter.stop();
    await loki.stop();
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  function append(namespace: string): void {
    events += 1;
    const metadata = {
      name: `e-${events}`,
      namespace,
      uid: `uid-${events}`,
      resourceVersion: String(100 + events),
      creationTimestamp: new Date().toISOString(),
    };
    const object = { metadata, reason: 'Started', type: 'Normal', message: 'Started container' };
    api.append({ type: 'ADDED', object } as Parameters<FakeApiServer['append']>[0]);
  }

  async function start(cluster: string, config: object): Promise<ConfiguredExporter> {
    const kubeconfig = join(folder, 'kubeconfig');
    const exporter = new ConfiguredExporter({
      ...{ cluster, within: folder, kubeconfig, lokiUrl: loki.url },
      keepers: ['file', 'state'],
    });
    exporters.push(exporter);
    await exporter.start(config);
    return exporter;
  }

  test('every tenant has them, with every field; counts, budget and checkpoint know nothing of them', async () => {
    const routes = [{ name: 'pay', match: { namespace: 'pay' }, tenant: 'payments' }];
    const on = await start('on', { heartbeat: '1s', loki: { tenant: 'rest' }, routes });
    for (const tenant of ['rest', 'payments']) {
      await until(`${tenant} has heartbeats`, 30, async () => {
        return (await heartbeats(loki.url, 'on', tenant)).length >= 3;
      });
      for (const { labels, metadata, line } of (await heartbeats(loki.url, 'on', tenant)).slice(1)) {
        assert.deepEqual(
          { job: labels['job'], cluster: labels['cluster'] },
          { job: 'kube-events-heartbeat', cluster: 'on' },
        );
        assert.deepEqual(Object.keys(metadata).sort(), Object.keys(heartbeatMetadata).sort());
        assert.match(line, /^heartbeat: API server heard \d+\.\d s ago, 0 in flight$/);
      }
    }
    append('pay');
    await until('all events are there', 30, async () => (await on.process.counts()).delivered === events);
    assert.deepEqual(await on.process.counts(), {
      ...{ received: events, delivered: events },
      ...{ left: 0, inFlight: 0 },
    });
    assert.equal((await on.process.metrics()).sum('kube_events_active_streams'), 2);
    await on.stop();
    assert.doesNotMatch(readFileSync(join(folder, 'on', 'checkpoint.json'), 'utf8'), /heartbeat/);
  });

  test('without the setting there are none', async () => {
    const off = await start('off', { loki: { tenant: 'rest' } });
    const control = await start('control', { heartbeat: '1s', loki: { tenant: 'rest' } });
    await until('the other one has heartbeats', 30, async () => {
      return (await heartbeats(loki.url, 'control', 'rest')).length >= 2;
    });
    assert.equal((await off.process.counts()).delivered, events);
    assert.deepEqual(await heartbeats(loki.url, 'off', 'rest'), []);
    await off.stop();
    await control.stop();
  });

  for (const line of ['logfmt', 'json'] as const) {
    test(`${line}: a tenant without structured metadata has them too`, async () => {
      const exporter = await start(line, { heartbeat: '1s', loki: { tenant: 'plain', line } });
      const stage = ` | ${line} | last_frame_age_seconds < 900 | in_flight="0" | level="info"`;
      await until('there are heartbeats', 30, async () => {
        return (await heartbeats(loki.url, line, 'plain', stage)).length >= 2;
      });
      await exporter.stop();
    });
  }

  test('while Loki is away they are lost, and come again', async () => {
    const exporter = await start('away', { heartbeat: '1s', loki: { tenant: 'rest' } });
    const told = async (message: string) => {
      const lines = await exporter.log();
      return lines.filter(({ msg }) => msg === message).length;
    };
    await until('there are heartbeats', 30, async () => {
      return (await heartbeats(loki.url, 'away', 'rest')).length >= 2;
    });
    await loki.kill();
    const killed = BigInt(Date.now()) * 1_000_000n;
    const lost = 'Loki did not take a heartbeat; it is not sent again';
    await until('one is lost', 30, async () => (await told(lost)) === 1);
    append('shop');
    await until('the event waits', 30, async () => (await exporter.process.counts()).inFlight === 1);
    const starting = BigInt(Date.now()) * 1_000_000n;
    await loki.start();
    await until('they come again', 60, async () => (await told('Loki takes heartbeats again')) === 1);
    await until('all events are there', 60, async () => {
      return (await exporter.process.counts()).delivered === events;
    });
    const times = (await heartbeats(loki.url, 'away', 'rest')).map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times.filter(time => time > killed && time < starting),
      [],
    );
    assert.ok(times.some(time => time > starting));
    assert.deepEqual(await exporter.process.counts(), {
      ...{ received: events, delivered: events },
      ...{ left: 0, inFlight: 0 },
    });
    await exporter.stop();
  });
});

/** What a cluster's exporter said each minute: minutes ago, and how long its API server was silent then. */
type Beats = (minutesAgo: number) => number | undefined;

/** A day and an hour of heartbeats, none of an event. */
const clusters: Readonly<Record<string, Beats>> = {
  // Listed anew every four minutes.
  quiet: minutesAgo => (minutesAgo % 4) * 60,
  gone: minutesAgo => (minutesAgo >= 40 ? 5 : undefined),
  // It lives, and its API server has been silent for 40 minutes.
  deaf: minutesAgo => (minutesAgo >= 40 ? 5 : (40 - minutesAgo) * 60),
  // It never heard of its API server: no age.
  unheard: minutesAgo => (minutesAgo < 50 ? Number.NaN : undefined),
  back: minutesAgo => (minutesAgo >= 90 || minutesAgo < 5 ? 5 : undefined),
  restarted: minutesAgo => (minutesAgo >= 12 || minutesAgo < 2 ? 5 : undefined),
  removed: minutesAgo => (minutesAgo >= 24 * 60 + 2 ? 5 : undefined),
};

const day = 25 * 60;

describe('ClusterSilent and PipelineSilent in a real Loki', { skip }, () => {
  let ruler: Ruler;
  let client: LokiClient;
  const now = Date.now();
  const at = (minutesAgo: number) => BigInt(now - minutesAgo * 60_000) * 1_000_000n;
  const live = rulesConfigSchema.parse({
    job: 'live',
    heartbeat: true,
    rules: {
      ClusterSilent: { interval: '1s', window: '10s', age: 10, known: '1h' },
      PipelineSilent: { interval: '1s', window: '10s' },
    },
  });

  before(async () => {
    ruler = await startRuler({ files: { 'live.yaml': rulerFile(renderRules(live), live) } });
    client = new LokiClient({ url: ruler.url, tenant: undefined, timeoutMs: 30_000 });
    for (const line of lineFormats) {
      for (const [cluster, beats] of Object.entries(clusters)) {
        const entries = Array.from({ length: day }, (_, index) => day - index).flatMap(minutesAgo => {
          const lastFrameAgeSeconds = beats(minutesAgo);
          if (lastFrameAgeSeconds === undefined) return [];
          const vitals = { lastFrameAgeSeconds, inFlight: 0 };
          return [encodeHeartbeat(vitals, { job: line, cluster, line }, now - minutesAgo * 60_000)];
        });
        assert.equal((await client.push(client.encode(entries), never)).kind, 'accepted');
      }
    }
  });

  after(async () => {
    await client?.close();
    await ruler?.stop();
  });

  /** The labels of the alerts of a rule, so many minutes ago; later where it is less than none. */
  async function alerts(name: string, config: RulesConfig, minutesAgo: number) {
    const rule = renderRules(config)
      .flatMap(group => group.rules)
      .find(each => each.name === name);
    assert.ok(rule);
    const samples = await queryInstant(ruler.url, expressionOf(rule), at(minutesAgo));
    return samples.map(({ labels }) => labels['cluster'] ?? '').sort();
  }

  for (const line of lineFormats) {
    const profile = line === 'text' || line === 'message' ? 'default' : line;
    const config = rulesConfigSchema.parse({ profile, job: line, heartbeat: true });

    test(`${line}: a cluster is silent whose exporter is gone, or hears nothing; and not who is quiet`, async () => {
      assert.deepEqual(await alerts('ClusterSilent', config, 0), ['deaf', 'gone', 'unheard']);
      // Ten minutes after they fell silent, and before.
      assert.deepEqual(await alerts('ClusterSilent', config, 30), ['back', 'removed', 'unheard']);
      assert.deepEqual(await alerts('ClusterSilent', config, 120), ['removed']);
      // The API server of the deaf one has been silent for less than fifteen minutes at 25.
      assert.deepEqual(await alerts('ClusterSilent', config, 22), ['back', 'gone', 'removed', 'unheard']);
    });

    test(`${line}: the pipeline is silent when no cluster says anything`, async () => {
      assert.deepEqual(await alerts('PipelineSilent', config, 0), []);
      assert.deepEqual(await alerts('PipelineSilent', config, -13), []);
      assert.deepEqual(await alerts('PipelineSilent', config, -20), ['']);
    });
  }

  test('data without heartbeats is a silent pipeline, and no silent cluster', async () => {
    const config = rulesConfigSchema.parse({ job: 'other', heartbeat: true });
    assert.deepEqual(await alerts('ClusterSilent', config, 0), []);
    assert.deepEqual(await alerts('PipelineSilent', config, 0), ['']);
  });

  test('the ruler fires them, and resolves them when heartbeats come', async () => {
    const firing = async () => {
      const rules = (await ruler.rules()).flatMap(group => group.rules);
      const alerting = rules.filter(({ name }) => name.endsWith('Silent'));
      assert.deepEqual(
        alerting.map(({ health, lastError }) => ({ health, lastError })),
        Array(2).fill({ health: 'ok', lastError: '' }),
      );
      return alerting
        .flatMap(({ alerts = [] }) => alerts.map(({ labels, state }) => ({ labels, state })))
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => `${labels['alertname']} ${labels['cluster'] ?? ''}`.trim())
        .sort();
    };
    const fires = (what: readonly string[]) =>
      until(`these fire: ${what.join(', ') || 'none'}`, 60, async () => {
        assert.deepEqual(await firing(), what);
        return true;
      });
    const beat = async (cluster: string, lastFrameAgeSeconds: number) => {
      const entry = encodeHeartbeat(
        { lastFrameAgeSeconds, inFlight: 0 },
        { job: 'live', cluster },
        Date.now(),
      );
      assert.equal((await client.push(client.encode([entry]), never)).kind, 'accepted');
    };
    await fires(['PipelineSilent']);
    await beat('prod', 1);
    await fires([]);
    // None for longer than the window.
    await fires(['ClusterSilent prod', 'PipelineSilent']);
    await beat('prod', 60);
    await fires(['ClusterSilent prod']);
    await beat('prod', 1);
    await fires([]);
  });
});
