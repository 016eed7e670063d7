import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventSchemas, eventsPath, normalise } from './normalise.ts';

const shared = {
  metadata: {
    name: 'web.17a',
    namespace: 'shop',
    uid: 'e-1',
    resourceVersion: '812',
    creationTimestamp: '2026-05-01T10:00:00Z',
  },
  related: { kind: 'Node', name: 'worker-2', namespace: 'n', uid: 'u', apiVersion: 'v1', fieldPath: 'f' },
  reason: 'BackOff',
  type: 'Warning',
  action: 'Restart',
  reportingInstance: 'worker-1',
  eventTime: '2026-05-01T10:00:00.000001Z',
  series: { count: 9, lastObservedTime: '2026-05-01T10:06:00.000001Z' },
};
const pod = {
  kind: 'Pod',
  namespace: 'shop',
  name: 'web-0',
  uid: 'p-1',
  apiVersion: 'v1',
  fieldPath: 'spec.containers{app}',
};

const core = {
  ...shared,
  involvedObject: pod,
  message: 'Back-off',
  source: { component: 'kubelet', host: 'worker-1' },
  reportingComponent: 'kubelet',
  count: 5,
  firstTimestamp: '2026-05-01T10:00:00Z',
  lastTimestamp: '2026-05-01T10:05:00Z',
};

const events = {
  ...shared,
  regarding: pod,
  note: 'Back-off',
  deprecatedSource: { component: 'kubelet', host: 'worker-1' },
  reportingController: 'kubelet',
  deprecatedCount: 5,
  deprecatedFirstTimestamp: '2026-05-01T10:00:00Z',
  deprecatedLastTimestamp: '2026-05-01T10:05:00Z',
};

test('every field that is read comes out of either API', () => {
  assert.deepEqual(normalise(core, 'core/v1'), core);
  assert.deepEqual(normalise(events, 'events.k8s.io/v1'), core);
});

test('what is not read is let go', () => {
  const metadata = { ...shared.metadata, managedFields: [{}], annotations: { a: 'b' } };
  assert.deepEqual(normalise({ ...core, metadata, kind: 'Event', other: 1 }, 'core/v1'), core);
});

test('what is no object is an event without fields', () => {
  for (const schema of eventSchemas) {
    const nothing = normalise({}, schema);
    for (const raw of [undefined, null, 7, 'Event', true, [], [core]])
      assert.deepEqual(normalise(raw, schema), nothing, String(raw));
    assert.equal(nothing.involvedObject, undefined);
    assert.equal(nothing.metadata?.uid, undefined);
  }
});

test('a field of the wrong type is left out, and its neighbours are not', () => {
  const wrong: unknown[] = [null, 7, true, [], {}, [['x']], { toString: 1 }, '', Number.NaN, 1e300];
  for (const value of wrong) {
    const event = normalise(
      { ...core, reason: value, metadata: { ...core.metadata, uid: value } },
      'core/v1',
    );
    assert.equal(event.reason, undefined);
    assert.equal(event.metadata?.uid, undefined);
    assert.equal(event.message, 'Back-off');
    assert.equal(event.metadata?.name, 'web.17a');
  }
  for (const count of [null, '5', 2.5, 1e300, [5], {}, true])
    assert.equal(normalise({ ...core, count }, 'core/v1').count, undefined, String(count));
});

test('one API is not read as the other', () => {
  assert.equal(normalise(events, 'core/v1').message, undefined);
  assert.equal(normalise(core, 'events.k8s.io/v1').involvedObject, undefined);
});

test('keys that objects inherit do no harm', () => {
  const raw = JSON.parse('{"__proto__": {"reason": "x"}, "metadata": {"__proto__": {"uid": "x"}}}');
  const event = normalise(raw, 'core/v1');
  assert.equal(event.reason, undefined);
  assert.equal(event.metadata?.uid, undefined);
  assert.equal(Object.getPrototypeOf(event), Object.prototype);
});

test('the path of each API, of all namespaces and of one', () => {
  assert.equal(eventsPath('core/v1'), '/api/v1/events');
  assert.equal(eventsPath('core/v1', 'shop'), '/api/v1/namespaces/shop/events');
  assert.equal(eventsPath('events.k8s.io/v1'), '/apis/events.k8s.io/v1/events');
  assert.equal(eventsPath('events.k8s.io/v1', 'a/b'), '/apis/events.k8s.io/v1/namespaces/a%2Fb/events');
});
