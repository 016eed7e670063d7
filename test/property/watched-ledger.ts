import { Ledger } from '../../exporter/delivery/ledger.ts';
import type { QueuedEntry } from '../../exporter/delivery/queue.ts';
import type { Position } from '../../exporter/kubernetes/position.ts';
import type { Start } from '../../exporter/kubernetes/reader.ts';

/** A ledger that shows where it began and how far it has come. */
export class WatchedLedger extends Ledger {
  began: Position | undefined;
  position: Position | undefined;

  override start(checkpoint: Position | undefined): Start | undefined {
    const start = super.start(checkpoint);
    this.began = start?.position;
    return start;
  }

  override advanced(position: Position, passed: readonly QueuedEntry[]): void {
    this.position = position;
    super.advanced(position, passed);
  }
}
