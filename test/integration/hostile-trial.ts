import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeApiServer } from '../fakes/api-server.ts';
import type { EventObject } from '../fakes/frame.ts';
import { ExporterProcess } from '../servers/exporter.ts';
import { Exposition } from '../servers/exposition.ts';
import { type Loki, startLoki } from '../servers/loki.ts';
import { queryEntries, queryInstant, type StoredEntry } from '../servers/loki-query.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';

const cluster = 'hostile';
const hour = 3_600_000_000_000n;

/** The exporter between an API server that sends anything, and a real Loki. */
export class HostileTrial implements AsyncDisposable {
  readonly api: FakeApiServer;
  readonly loki: Loki;
  readonly exporter: ExporterProcess;
  readonly #folder: TemporaryFolder;
  #revision = 1000;
  /** Revisions that were written, or sent. */
  written = 0;
  /** Lines that were sent and are no frames. */
  junk = 0;
  /** Events that were deleted. */
  deleted = 0;

  private constructor(api: FakeApiServer, loki: Loki, exporter: ExporterProcess, folder: TemporaryFolder) {
    this.api = api;
    this.loki = loki;
    this.exporter = exporter;
    this.#folder = folder;
  }

  /** Prepares all of it, and starts all but the exporter, with local state and keys of a configuration (YAML). */
  static async prepare(config = ''): Promise<HostileTrial> {
    const folder = temporaryFolder('hostile');
    const api = await new FakeApiServer({ head: 1000n }).start();
    const kubeconfig = join(folder.path, 'kubeconfig');
    await api.writeKubeconfig(kubeconfig);
    // Entries of new streams are pushed apart, and thousands of them would take minutes.
    await writeFile(join(folder.path, 'config.yaml'), `loki: {batch: {maxPushesPerSecond: 1000}}\n${config}`);
    // Loki's limits on entries and streams are its own; only its rates are out of the way.
    const loki = await startLoki({
      own: true,
      limits: {
        ingestion_rate_mb: 1000,
        ingestion_burst_size_mb: 1000,
        per_stream_rate_limit: '1GB',
        per_stream_rate_limit_burst: '1GB',
      },
    });
    const exporter = await ExporterProcess.create({
      kubeconfig,
      lokiUrl: loki.url,
      cluster,
      folder: folder.path,
      flags: {
        '--config': join(folder.path, 'config.yaml'),
        '--state-dir': join(folder.path, 'state'),
        '--log-level': 'debug',
      },
    });
    return new HostileTrial(api, loki, exporter, folder);
  }

  /** Metadata of an event of its own, with a resourceVersion that none had before. */
  metadata(namespace = 'shop'): EventObject['metadata'] {
    this.#revision += 1;
    const revision = String(this.#revision);
    return { name: `e-${revision}`, namespace, uid: `uid-${revision}`, resourceVersion: revision };
  }

  /**
   * Writes an event, and returns its uid.
   * @param fields of the event, but for its metadata
   * @param line what a watch sends for it; the event's JSON where absent
   */
  write(fields: Readonly<Record<string, unknown>>, metadata = this.metadata(), line?: Buffer): string {
    const lastTimestamp = new Date().toISOString();
    const object = { type: 'Normal', lastTimestamp, ...fields, metadata };
    if (line) this.api.appendLine({ type: 'ADDED', object }, line);
    else this.api.append({ type: 'ADDED', object });
    this.written += 1;
    return metadata.uid;
  }

  /**
   * Sends a line in two parts, so that they are read apart. Follow it with an event that is written: the server has
   * no memory of this one.
   * @param at bytes of the first part
   */
  async sendSplit(line: Buffer, at: number): Promise<void> {
    await this.api.injectBytes(line.subarray(0, at));
    await sleep(1);
    await this.api.injectBytes(line.subarray(at));
    this.written += 1;
  }

  /** Deletes events, as the API server does when their time is up. */
  async expire(uids: readonly string[]): Promise<void> {
    for (const uid of uids) {
      const metadata = { ...this.metadata(), uid, name: uid.replace('uid-', 'e-') };
      this.api.append({ type: 'DELETED', object: { metadata } });
      this.deleted += 1;
    }
    await this.settle();
  }

  /** Ends the watch as its time does, after which the exporter has no failures to wait longer for. */
  async endWatch(): Promise<void> {
    // After a watch without a frame it would list.
    this.write({ reason: 'Alive', message: 'the watch ends' });
    await this.settle();
    // One that ends within a second counts as a failure.
    await sleep(1100);
    this.api.endWatches();
    await this.until('a watch is open', () => this.api.openWatches > 0);
  }

  /** Sends lines that are no frames. */
  async sendMalformed(lines: Iterable<Buffer>): Promise<void> {
    for (const line of lines) {
      await this.api.injectBytes(line);
      this.junk += 1;
    }
  }

  /**
   * Waits until the exporter has accounted for all that was sent, and Loki has all of it.
   * @throws AssertionError where an account differs
   */
  async settle(): Promise<void> {
    await this.until('a watch is open and all is sent', () => this.api.caughtUp);
    await this.until('every frame is in an account', async () => {
      const { received, inFlight } = await this.exporter.counts();
      const ignored = (await this.ignored('malformed')) + (await this.ignored('deleted'));
      return inFlight === 0 && received >= this.written && ignored >= this.junk + this.deleted;
    });
    const counts = await this.exporter.counts();
    assert.deepEqual(counts, { received: this.written, delivered: this.written, left: 0, inFlight: 0 });
    assert.equal(await this.ignored('malformed'), this.junk, 'malformed');
    assert.equal(await this.ignored('deleted'), this.deleted, 'deleted');
  }

  /** Waits until a value that is asked for is the expected one or beyond. @throws Error after a minute */
  async until(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (!(await reached())) {
      if (performance.now() > deadline)
        throw new Error(`Not within a minute: ${what}. ${await this.exporter.log()}`);
      await sleep(50);
    }
  }

  /** Frames that the exporter has ignored for a cause. */
  async ignored(cause: 'malformed' | 'deleted'): Promise<number> {
    const metrics = await this.exporter.metrics();
    return metrics.sum('kube_events_ignored_frames_total', new RegExp(`cause="${cause}"`));
  }

  /** How many entries Loki has of the streams with these labels. */
  async count(labels: string): Promise<number> {
    const query = `sum(count_over_time({job="kube-events", cluster="${cluster}", ${labels}}[1h]))`;
    const [sample] = await queryInstant(this.loki.url, query, BigInt(Date.now()) * 1_000_000n);
    return sample?.value ?? 0;
  }

  /**
   * What Loki stored of the streams with these labels, by the event's uid. Of more than 4 MB it returns nothing at all,
   * and no error: ask for long lines one by one.
   * @param filter what follows the selector in LogQL
   */
  async stored(labels: string, filter = ''): Promise<Map<string, StoredEntry>> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const query = `{job="kube-events", cluster="${cluster}", ${labels}} ${filter}`;
    const entries = await queryEntries(this.loki.url, query, now - hour, now + hour);
    const byUid = new Map(entries.map(entry => [entry.metadata['event_uid'] ?? '', entry]));
    if (byUid.size < entries.length)
      throw new Error(`${query}: ${entries.length - byUid.size} entries came twice`);
    return byUid;
  }

  /** How many streams Loki has, by its own series API. */
  async streams(): Promise<number> {
    const query = new URLSearchParams({
      'match[]': '{job="kube-events"}',
      start: `${Date.now() / 1000 - 3600}`,
    });
    const answer = await fetch(`${this.loki.url}/loki/api/v1/series?${query}`);
    return ((await answer.json()) as { data: unknown[] }).data.length;
  }

  /** How many pushes Loki answered with a status, a regular expression, by its own account. */
  async pushes(status: string): Promise<number> {
    const metrics = new Exposition(await (await fetch(`${this.loki.url}/metrics`)).text());
    const labels = new RegExp(`route="loki_api_v1_push",status_code="(?:${status})"`);
    return metrics.sum('loki_request_duration_seconds_count', labels);
  }

  /** The most memory that the exporter ever had, in MiB. */
  async peakMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.exporter.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  /** Everything that the exporter has logged. */
  log(): Promise<string> {
    return readFile(join(this.#folder.path, 'exporter.log'), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exporter.stop();
    await this.api.stop();
    await this.loki.stop();
    await this.#folder.remove();
  }
}
