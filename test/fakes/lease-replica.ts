import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Cluster } from '../../exporter/kubernetes/cluster.ts';
import { Election, type ElectionObserver } from '../../exporter/kubernetes/election.ts';
import { Lease } from '../../exporter/kubernetes/lease.ts';
import type { Term } from '../../exporter/kubernetes/term.ts';
import { positionOf } from './checkpoints.ts';
import { FakeClock } from './lease-clock.ts';

/** One elector with a clock of its own. */
export class LeaseReplica {
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  readonly election: Election;
  term: Term | undefined;
  #acquiring = new AbortController();

  constructor(cluster: Cluster, address: { namespace: string; name: string }) {
    const observer: ElectionObserver = {
      standby: holder => this.told.push(`standby ${holder}`),
      acquired: ({ checkpoint, transitions }) =>
        this.told.push(`acquired ${positionOf(checkpoint)?.at} ${transitions}`),
      renewed: () => this.told.push('renewed'),
      lost: holder => this.told.push(`lost ${holder}`),
      released: () => this.told.push('released'),
      failed: (error, what) => this.told.push(`failed ${what}: ${error.message}`),
    };
    this.election = new Election(new Lease(cluster, address), observer, this.clock);
  }

  /** Begins to stand by, and has looked once when it resolves. */
  async start(): Promise<this> {
    this.#acquiring = new AbortController();
    void this.election.acquire(this.#acquiring.signal).then(term => {
      this.term = term;
    });
    await this.#settled();
    return this;
  }

  /** Lets so many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.#settled();
    while (this.clock.step(until)) await this.#settled();
  }

  /** The term, which has to have begun. */
  leading(): Term {
    assert.ok(this.term, this.told.join('\n'));
    return this.term;
  }

  times(what: string): number {
    return this.told.filter(line => line.startsWith(what)).length;
  }

  async end(): Promise<void> {
    this.#acquiring.abort();
    let ended = false;
    void this.term?.release().finally(() => {
      ended = true;
    });
    // Its tries at a server that is gone wait by the clock.
    while (this.term && !ended) {
      this.clock.step(this.clock.now() + 1000);
      await turn();
    }
  }

  /** Until it sleeps again, or has no more to do. */
  async #settled(): Promise<void> {
    do await turn();
    while (!this.clock.sleeping && !this.term?.lost.aborted && this.told.at(-1) !== 'released');
    await turn();
  }
}
