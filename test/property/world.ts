import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../../exporter/telemetry/metrics.ts';
import { FakeApiServer } from '../fakes/api-server.ts';
import { LokiReceiver } from '../fakes/loki.ts';
import type { PushedEntry } from '../fakes/push-request.ts';
import type { ScriptedAnswer } from '../fakes/scripted-answers.ts';
import { assertBalanced } from './accounts.ts';
import { audit, type BlindList } from './audit.ts';
import { ClusterHistory } from './cluster-history.ts';
import { Run } from './run.ts';
import type { StoredCheckpoint } from './slow-checkpoint.ts';
import type { Step } from './step.ts';

/** What is the same for all of a world's runs. */
export interface WorldOptions {
  readonly metrics: Metrics;
  /** Whether the exporter has a disk. */
  readonly withState: boolean;
  /** Whether the cardinality budget is used up soon. */
  readonly folds: boolean;
  readonly queueBytes: number;
  readonly spoolBytes: number;
  /** Moves the clock on, in milliseconds. */
  readonly passTime: (ms: number) => void;
}

/** So long the exporter may take to deliver what there is when nothing is in its way. */
const settleMs = 8000;

/** A cluster, a Loki, and an exporter that is started, stopped and killed between them. */
export class World {
  readonly #options: WorldOptions;
  readonly #api = new FakeApiServer();
  readonly #loki = new LokiReceiver();
  readonly #history = new ClusterHistory(this.#api);
  readonly #stored: StoredCheckpoint = { text: undefined };
  readonly #poisoned = new Set<string>();
  readonly #blind: BlindList[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'pipeline-property-'));
  #crashes = 0;
  #lokiDown = false;
  #run: Run | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#loki.refuse = entry => this.#refuse(entry);
  }

  async start(): Promise<this> {
    await this.#api.start();
    await this.#loki.start();
    return this;
  }

  async close(): Promise<void> {
    await this.#run?.crash(this.#nextFolder()).catch(() => {});
    await Promise.all([this.#api.stop(), this.#loki.stop()]);
    rmSync(this.#folder, { recursive: true });
  }

  async do(step: Step): Promise<void> {
    await this.#do(step);
    if (this.#run?.fault !== undefined) throw this.#run.fault;
    await assertBalanced(this.#options.metrics, () => this.#run?.pipeline.inFlight ?? 0);
  }

  /** Lets the exporter end its work, and asserts that nothing is lost, and nothing twice. */
  async finish(): Promise<void> {
    this.#lokiDown = false;
    this.#start();
    await this.#settle();
    await assertBalanced(this.#options.metrics, () => this.#run?.pipeline.inFlight ?? 0);
    const { folds } = this.#options;
    const facts = { history: this.#history, loki: this.#loki, blind: this.#blind, poisoned: this.#poisoned };
    audit({ ...facts, folds });
    await this.#stop();
    await assertBalanced(this.#options.metrics, () => 0);
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'write':
        return this.#history.write(step.name, step.by, step.style);
      case 'touch':
        return this.#history.touch(step.name);
      case 'reset':
        return this.#history.reset(step.name);
      case 'delete':
        return this.#history.delete(step.name);
      case 'recreate':
        this.#history.delete(step.name);
        return this.#history.write(step.name, 1, 'count');
      case 'poison':
        return this.#poison(step.name);
      case 'fail':
        return this.#api.answerNext(1, { status: step.status }, step.verb);
      case 'refuse':
        return this.#loki.answerNext(1, { status: step.status, stored: step.stored });
      case 'wait':
        return void (await sleep(step.ms));
      case 'end watches':
        return this.#api.endWatches();
      case 'end watches late':
        this.#options.passTime(2000);
        return this.#api.endWatches();
      case 'cut watches':
        return this.#api.cutWatches();
      case 'compact':
        // What is compacted is minutes old: what could be read and written by then has been.
        if (this.#run && !this.#lokiDown) await this.#settle();
        await this.#run?.ledger.flush();
        return this.#api.compact();
      case 'loki down':
        this.#lokiDown = true;
        return;
      case 'loki up':
        this.#lokiDown = false;
        return;
      case 'start':
        return this.#start();
      case 'stop':
        return this.#stop();
      case 'crash':
        return this.#crash();
      case 'write checkpoint':
        this.#run?.checkpoint.write();
        return;
      case 'write state':
        await this.#run?.ledger.flush();
        return;
      case 'settle':
        if (this.#run && !this.#lokiDown) await this.#settle();
        return;
    }
  }

  #start(): void {
    if (this.#run) return;
    const { metrics, withState, folds, queueBytes, spoolBytes } = this.#options;
    const run: Run = new Run({
      apiUrl: this.#api.url,
      lokiUrl: this.#loki.url,
      stored: this.#stored,
      folder: withState ? this.#stateFolder : undefined,
      queueBytes,
      spoolBytes,
      folds,
      metrics,
      listed: (from, at, known) => this.#listed(run, from, at, known),
    });
    this.#run = run;
  }

  async #stop(): Promise<void> {
    const run = this.#run;
    await run?.stop();
    this.#run = undefined;
  }

  async #crash(): Promise<void> {
    const run = this.#run;
    const copy = this.#nextFolder();
    if (run) this.#crashes += 1;
    await run?.crash(copy);
    this.#run = undefined;
  }

  get #stateFolder(): string {
    return join(this.#folder, String(this.#crashes));
  }

  #nextFolder(): string {
    return join(this.#folder, String(this.#crashes + 1));
  }

  /** A list whose counts before are not known: whether that can be helped. */
  #listed(run: Run, from: bigint, at: bigint, known: boolean): void {
    const began = run.ledger.began;
    const first = began === undefined || began.baseline === 'unknown';
    // A checkpoint holds no counts: what a list that was under way brought, or what is compacted, it can't tell.
    const cut = began !== undefined && began.from < began.at;
    const expired = began !== undefined && this.#api.store.compacted > began.at;
    if (first || (!known && (cut || expired) && !this.#options.withState)) this.#blind.push({ from, at });
  }

  #poison(name: string): void {
    for (const event of this.#history.events.values()) {
      if (event.live && event.name === name) this.#poisoned.add(event.uid);
    }
  }

  #refuse(entry: PushedEntry): ScriptedAnswer | undefined {
    if (this.#lokiDown) return { status: 500, body: 'down' };
    if (!this.#poisoned.has(entry.metadata['event_uid'] ?? '')) return undefined;
    return { status: 400, body: "max entry size '262144' bytes exceeded for this entry" };
  }

  async #settle(): Promise<void> {
    const deadline = performance.now() + settleMs;
    while (!this.#settled) {
      if (this.#run?.fault !== undefined) throw this.#run.fault;
      const { position } = this.#run?.ledger ?? {};
      assert.ok(
        performance.now() < deadline,
        `stuck at ${position?.from}/${position?.at} of ${this.#api.store.head}, ${this.#run?.pipeline.inFlight} in flight, ${this.#api.openWatches} watches`,
      );
      await sleep(1);
    }
  }

  get #settled(): boolean {
    const { position } = this.#run?.ledger ?? {};
    const { head } = this.#api.store;
    return (
      this.#run?.pipeline.inFlight === 0 && position?.from === position?.at && (position?.at ?? -1n) >= head
    );
  }
}
