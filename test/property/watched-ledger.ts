import type { Checkpoint, Positions } from '../../exporter/delivery/checkpoint.ts';
import { Ledger } from '../../exporter/delivery/ledger.ts';
import type { QueuedEntry } from '../../exporter/delivery/queue.ts';
import type { Position } from '../../exporter/kubernetes/position.ts';
import { source } from '../fakes/checkpoints.ts';

/** A ledger that shows where it began and how far it has come. */
export class WatchedLedger extends Ledger {
  began: Position | undefined;
  position: Position | undefined;

  override start(
    checkpoint: Checkpoint | undefined,
    sources: readonly string[],
  ): ReturnType<Ledger['start']> {
    const start = super.start(checkpoint, sources);
    this.began = start.starts.get(source)?.position;
    return start;
  }

  override advanced(positions: Positions, passed: readonly QueuedEntry[]): void {
    this.position = positions.get(source);
    super.advanced(positions, passed);
  }
}
