import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../schema.ts';
import { foldedEntry } from './folded-entry.ts';

const entry: Entry = {
  labels: { job: 'kube-events', kind: 'Pod', namespace: 'shop', reason: 'Odd', type: 'Normal' },
  timestamp: 1n,
  line: 'Pod/web: odd',
  metadata: { name: 'web' },
};

test('a folded label is __other__ and its real value stands in metadata', () => {
  assert.deepEqual(foldedEntry(entry, ['kind', 'reason']), {
    ...entry,
    labels: {
      job: 'kube-events',
      kind: '__other__',
      namespace: 'shop',
      reason: '__other__',
      type: 'Normal',
    },
    metadata: { name: 'web', event_kind: 'Pod', event_reason: 'Odd' },
  });
  assert.equal(foldedEntry(entry, ['namespace']).metadata['event_namespace' as 'name'], 'shop');
});

test('without folds it is the same entry', () => {
  assert.equal(foldedEntry(entry, []), entry);
});

test('a label that the event does not have is folded as well, because its stream would be one more', () => {
  const { kind: _, ...labels } = entry.labels;
  const folded = foldedEntry({ ...entry, labels }, ['kind']);
  assert.equal(folded.labels.kind, '__other__');
});
