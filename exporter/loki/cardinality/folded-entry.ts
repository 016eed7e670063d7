import { type Entry, otherValue } from '../schema.ts';
import type { Folds } from './budget.ts';
import type { BoundedLabel } from './foldable.ts';

/** Where the real value of a folded label stands in structured metadata. */
export const foldedNames = {
  namespace: 'event_namespace',
  kind: 'event_kind',
  reason: 'event_reason',
} as const satisfies Record<BoundedLabel, string>;

/** The entry with these labels folded, their real values in its metadata. */
export function foldedEntry(entry: Entry, folds: Folds): Entry {
  if (folds.length === 0) return entry;
  const labels = { ...entry.labels };
  const real: Partial<Record<string, string>> = {};
  for (const label of folds) {
    real[foldedNames[label]] = entry.labels[label] ?? '';
    labels[label] = otherValue;
  }
  return { ...entry, labels, metadata: { ...entry.metadata, ...real } };
}
