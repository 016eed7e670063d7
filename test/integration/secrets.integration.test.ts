import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededSecrets } from '../../exporter/event/redact/seeded-secrets.ts';
import { FakeApiServer } from '../fakes/api-server.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { skipWithout } from '../servers/require.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';

const seeds = seededSecrets();
/** Loki refuses longer lines, which the exporter then tells in its log. */
const maxLineBytes = 20_000;
/** So much of a secret is not to be found either, in characters. */
const partLength = 12;

/** By what they put into Loki, or on standard output: with redaction, and as a control without. */
const runs = ['redacted', 'plain', 'redacted-stdout', 'plain-stdout'] as const;
type Run = (typeof runs)[number];

const skip = await skipWithout('loki');

describe('secrets in events', { skip }, () => {
  let loki: Loki;
  let api: FakeApiServer;
  let folder: TemporaryFolder;
  const exporters = new Map<Run, ExporterProcess>();
  /** What can be read of a run, by its name, as it is. */
  const readable = new Map<Run, Map<string, Buffer>>(runs.map(run => [run, new Map()]));

  before(async () => {
    folder = temporaryFolder('secrets');
    api = await new FakeApiServer().start();
    loki = await startLoki({ own: true, limits: { max_line_size: maxLineBytes } });
    await loki.kill();
    const kubeconfig = join(folder.path, 'kubeconfig');
    await api.writeKubeconfig(kubeconfig);
    for (const run of runs) {
      const own = join(folder.path, run);
      await mkdir(own);
      const config = {
        redact: { enabled: run.startsWith('redacted') },
        loki: { batch: { maxPushesPerSecond: 1000 } },
        output: run.endsWith('stdout') ? 'stdout' : 'loki',
      };
      // JSON is YAML.
      await writeFile(join(folder.path, `${run}.yaml`), JSON.stringify(config));
      const exporter = await ExporterProcess.create({
        kubeconfig,
        lokiUrl: loki.url,
        cluster: run,
        folder: own,
        flags: {
          '--config': join(folder.path, `${run}.yaml`),
          '--state-dir': join(own, 'state'),
          '--log-level': 'trace',
        },
        ready: '/healthz',
      });
      exporters.set(run, exporter);
      await exporter.start();
    }
    for (const [index, { text }] of seeds.entries()) {
      write(2 * index, text, text);
      write(2 * index + 1, text, `${text} ${'and more '.repeat(maxLineBytes / 8)}`);
    }
    const all = 2 * seeds.length;
    // Loki is away: all of it waits on disk.
    await each(async exporter => {
      const metrics = await exporter.metrics();
      return metrics.sum('kube_events_received_revisions_total') === all;
    });
    await until(
      async () => ((await exporters.get('plain')?.metrics())?.sum('kube_events_spool_bytes') ?? 0) > 0,
    );
    await sleep(1000);
    await look('while Loki is away');
    await loki.start();
    await each(async exporter => (await exporter.counts()).inFlight === 0);
    await look('at the end');
    for (const exporter of exporters.values()) await exporter.stop();
    await look('after the end');
  });

  after(async () => {
    for (const exporter of exporters.values()) await exporter.stop();
    await api?.stop();
    await loki?.stop();
    await folder?.remove();
  });

  test('the control finds every secret in Loki, on disk and on standard output, and secrets in the log', () => {
    const names = seeds.map(({ name }) => name);
    assert.deepEqual(found('plain', /^Loki: query/), names);
    assert.deepEqual(found('plain', /^while Loki is away: .*state\.db/), names);
    assert.deepEqual(found('plain-stdout', /exporter\.log$/), names);
    // Of labels that are no longer than the budget allows.
    for (const surface of [/^at the end: .*exporter\.log$/, /^after the end: .*checkpoint\.json$/]) {
      assert.ok(found('plain', surface).length > 10, String(surface));
    }
  });

  for (const run of ['redacted', 'redacted-stdout'] as const) {
    test(`of what went through redaction, nothing holds a secret: ${run}`, t => {
      const surfaces = [...(readable.get(run)?.keys() ?? [])];
      t.diagnostic(`${surfaces.length} readable: ${surfaces.join(', ')}`);
      for (const surface of surfaces) {
        assert.deepEqual(found(run, surface, partsOf), [], surface);
      }
    });
  }

  test('what was redacted has arrived all the same', async () => {
    const marks =
      readable
        .get('redacted')
        ?.get('Loki: query')
        ?.toString()
        .match(/\[redacted:/g) ?? [];
    assert.ok(marks.length >= 10 * seeds.length, `${marks.length} marks`);
    const plain = readable.get('plain')?.get('Loki: query')?.toString() ?? '';
    assert.ok(!plain.includes('[redacted:'));
  });

  /** An event whose every text is this one. */
  function write(index: number, text: string, message: string): void {
    const object = { kind: text, name: text, fieldPath: `spec.containers{${text}}`, uid: text };
    api.append({
      type: 'ADDED',
      object: {
        metadata: {
          name: `e-${index}`,
          namespace: 'shop',
          uid: `e-${index}`,
          resourceVersion: `${index + 2}`,
        },
        involvedObject: { ...object, namespace: 'shop' },
        related: object,
        reason: text,
        message,
        type: text,
        action: text,
        source: { component: text, host: text },
        reportingComponent: text,
        reportingInstance: text,
        lastTimestamp: new Date().toISOString(),
      },
    });
  }

  /** Reads all that there is to read of each run. */
  async function look(when: string): Promise<void> {
    for (const run of runs) {
      const into = readable.get(run);
      const own = join(folder.path, run);
      for (const file of await readdir(own, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        const path = join(file.parentPath, file.name);
        into?.set(`${when}: ${path.slice(own.length + 1)}`, await readFile(path));
      }
      if (when !== 'at the end' && when !== 'while Loki is away') continue;
      for (const path of ['metrics', 'readyz']) {
        const answer = await fetch(`${exporters.get(run)?.url}/${path}`);
        into?.set(`${when}: /${path}`, Buffer.from(await answer.arrayBuffer()));
      }
      if (when !== 'at the end' || run.endsWith('stdout')) continue;
      const selector = `{cluster="${run}"}`;
      const start = String(BigInt(Date.now() - 3_600_000) * 1_000_000n);
      for (const [name, query] of [
        ['query', `query_range?${new URLSearchParams({ query: selector, start, limit: '5000' })}`],
        ['series', `series?${new URLSearchParams({ 'match[]': selector, start })}`],
        ['fields', `detected_fields?${new URLSearchParams({ query: selector, start })}`],
      ]) {
        const answer = await fetch(`${loki.url}/loki/api/v1/${query}`);
        assert.equal(answer.status, 200, name);
        into?.set(`Loki: ${name}`, Buffer.from(await answer.arrayBuffer()));
      }
    }
  }

  /** The names of the secrets that are in one of the run's surfaces with such a name. */
  function found(run: Run, surface: RegExp | string, forms = spellings): string[] {
    const surfaces = [...(readable.get(run) ?? [])].filter(([name]) => {
      return typeof surface === 'string' ? name === surface : surface.test(name);
    });
    assert.ok(surfaces.length > 0, `nothing is called ${surface}`);
    return seeds
      .filter(({ secret }) => forms(secret).some(text => surfaces.some(([, bytes]) => bytes.includes(text))))
      .map(({ name }) => name);
  }

  async function each(reached: (exporter: ExporterProcess) => Promise<boolean>): Promise<void> {
    for (const exporter of exporters.values()) await until(() => reached(exporter));
  }
});

/** The secret, and what of it would still be one: its beginning, middle and end. */
function partsOf(secret: string): string[] {
  const middle = (secret.length - partLength) >> 1;
  const parts = [secret.slice(0, partLength), secret.slice(Math.max(0, middle)), secret.slice(-partLength)];
  return [...spellings(secret), ...parts.map(part => part.slice(0, partLength))];
}

/** A text as it is, and as JSON writes it once and twice, with `<` as Go writes it, and in a URL. */
function spellings(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(quoted).slice(1, -1);
  const go = quoted.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  return [...new Set([text, quoted, twice, go, encodeURIComponent(text)])];
}

/** @throws Error after a minute */
async function until(reached: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`not within a minute: ${reached}`);
    await sleep(50);
  }
}
