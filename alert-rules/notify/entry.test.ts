import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry } from './entry.ts';

const labels = {
  cluster: 'prod',
  namespace: 'shop',
  kind: 'Pod',
  name: 'web-1',
  reason: 'BackOff',
  type: 'Warning',
};
const at = '1777629870123456789';
const messageOf = (line: string, more = {}) => readEntry({ ...labels, ...more }, line, at, 'cluster').message;

test('the message is what the line has behind the object, the line, or a field', () => {
  assert.equal(messageOf('Pod/web-1: a: b'), 'a: b');
  assert.equal(messageOf('Pod/web-2: a'), 'Pod/web-2: a');
  assert.equal(messageOf('the message alone'), 'the message alone');
  assert.equal(messageOf('{"msg":"x"}', { msg: 'parsed' }), 'parsed');
  assert.equal(messageOf('{"message":"not parsed"}'), 'not parsed');
  assert.equal(messageOf('{"message":1}'), '{"message":1}');
  assert.equal(messageOf('{no JSON'), '{no JSON');
});

test('folded labels have their real values, and a restamped entry its real time', () => {
  const folded = readEntry(
    { ...labels, reason: '__other__', event_reason: 'MyReason', event_time: '2026-05-01T09:00:00Z' },
    'x',
    at,
    'cluster',
  );
  assert.deepEqual([folded.reason, folded.time], ['MyReason', Date.parse('2026-05-01T09:00:00Z')]);
  assert.equal(readEntry(labels, 'x', at, 'cluster').time, 1777629870123);
});

test('the cluster is in the label that the configuration names', () => {
  assert.equal(readEntry({ ...labels, k8s_cluster: 'b' }, 'x', at, 'k8s_cluster').cluster, 'b');
});
