import type { Checkpoint } from '../../exporter/delivery/checkpoint.ts';
import type { Position } from '../../exporter/kubernetes/position.ts';
import { sourceName } from '../../exporter/kubernetes/source.ts';
import type { Foldable } from '../../exporter/loki/cardinality/foldable.ts';

/** The source of most tests. */
export const source = sourceName('events', undefined);

/** What an entry folds by where a test doesn't ask. */
export const foldable: Foldable = {
  namespace: 'shop',
  kind: 'Pod',
  reason: 'Killing',
  type: 'Normal',
  known: true,
};

/** A checkpoint of this source alone. */
export function checkpointOf(position: Position): Checkpoint {
  return { positions: new Map([[source, position]]) };
}

export function positionOf(checkpoint: Checkpoint | undefined): Position | undefined {
  return checkpoint?.positions.get(source);
}
