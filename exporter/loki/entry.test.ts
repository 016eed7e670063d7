import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoreEvent } from '../event/wire.ts';
import { toEntry } from './entry.ts';
import { type Metadata, structuredMetadata } from './schema.ts';

const options = { job: 'kube-events', cluster: 'prod' };
const arrival = 1777629999000000000n;

/** Metadata without the names that have no value, which are not sent either. */
function present(metadata: Metadata) {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
}

/** As a kubelet writes it. */
const oldStyle: CoreEvent = {
  metadata: {
    name: 'web.17a',
    namespace: 'shop',
    uid: 'e-1',
    resourceVersion: '812',
    creationTimestamp: '2026-05-01T10:00:00Z',
  },
  involvedObject: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web-5d4f8c7b9-x2x4z',
    uid: 'p-1',
    fieldPath: 'spec.containers{app}',
  },
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  type: 'Warning',
  source: { component: 'kubelet', host: 'worker-1' },
  reportingComponent: 'kubelet',
  count: 5,
  firstTimestamp: '2026-05-01T10:00:00Z',
  lastTimestamp: '2026-05-01T10:05:00Z',
  eventTime: null,
};

/** As the scheduler writes it. */
const newStyle: CoreEvent = {
  metadata: {
    name: 'web.17b',
    namespace: 'shop',
    uid: 'e-2',
    resourceVersion: '900',
    creationTimestamp: '2026-05-01T10:00:01Z',
  },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-5d4f8c7b9-x2x4z', uid: 'p-1' },
  reason: 'Scheduled',
  message: 'Successfully assigned shop/web-5d4f8c7b9-x2x4z to worker-2',
  type: 'Normal',
  action: 'Binding',
  source: {},
  reportingComponent: 'default-scheduler',
  reportingInstance: 'default-scheduler-master-0',
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: '2026-05-01T10:00:01.234567Z',
};

test('an event of the old style', () => {
  const entry = toEntry(oldStyle, 3, options, arrival);
  assert.deepEqual(entry.labels, {
    cluster: 'prod',
    job: 'kube-events',
    kind: 'Pod',
    namespace: 'shop',
    reason: 'BackOff',
    type: 'Warning',
  });
  assert.equal(entry.timestamp, 1777629900000000000n);
  assert.equal(entry.line, 'Pod/web-5d4f8c7b9-x2x4z: Back-off restarting failed container');
  assert.deepEqual(present(entry.metadata), {
    name: 'web-5d4f8c7b9-x2x4z',
    workload: 'web',
    event_uid: 'e-1',
    resource_version: '812',
    count: '5',
    occurrences: '2',
    component: 'kubelet',
    node: 'worker-1',
    container: 'app',
    object_uid: 'p-1',
    first_seen: '2026-05-01T10:00:00Z',
    detected_level: 'warn',
  });
});

test('an event of the new style', () => {
  const entry = toEntry(newStyle, 0, options, arrival);
  assert.equal(entry.timestamp, 1777629601234567000n);
  assert.deepEqual(present(entry.metadata), {
    name: 'web-5d4f8c7b9-x2x4z',
    workload: 'web',
    event_uid: 'e-2',
    resource_version: '900',
    count: '1',
    occurrences: '1',
    component: 'default-scheduler',
    node: 'worker-2',
    action: 'Binding',
    object_uid: 'p-1',
    first_seen: '2026-05-01T10:00:01.234567Z',
    detected_level: 'info',
  });
  const repeated = { ...newStyle, series: { count: 14, lastObservedTime: '2026-05-01T10:09:00.000001Z' } };
  const next = toEntry(repeated, 1, options, arrival);
  assert.equal(next.timestamp, 1777630140000001000n);
  assert.equal(next.metadata.occurrences, '13');
});

test('a count whose history nobody saw says so, unless it is the first', () => {
  assert.equal(toEntry(oldStyle, 'unknown', options, arrival).metadata.baseline, 'unknown');
  assert.equal(toEntry(oldStyle, 'unknown', options, arrival).metadata.occurrences, '5');
  assert.equal(toEntry({ ...oldStyle, count: 1 }, 'unknown', options, arrival).metadata.baseline, '');
});

test('a cluster-scoped object is in the namespace that kubectl shows, on itself if it is a Node', () => {
  const entry = toEntry(
    {
      metadata: { namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'worker-1' },
      type: 'Normal',
    },
    0,
    options,
    arrival,
  );
  assert.equal(entry.labels.namespace, 'default');
  assert.equal(entry.metadata.node, 'worker-1');
});

test('a type that Kubernetes does not have is kept in metadata', () => {
  const entry = toEntry({ ...oldStyle, type: 'Error' }, 0, options, arrival);
  assert.equal(entry.labels.type, '__other__');
  assert.equal(entry.metadata.event_type, 'Error');
  assert.equal(entry.metadata.detected_level, 'error');
  assert.equal(toEntry({ ...oldStyle, type: 'Custom' }, 0, options, arrival).metadata.detected_level, 'info');
});

test('an event without anything is an entry all the same, at its arrival', () => {
  const entry = toEntry({}, 0, { job: 'kube-events', cluster: undefined }, arrival);
  assert.equal(entry.timestamp, arrival);
  assert.deepEqual(entry.labels, { job: 'kube-events', namespace: 'default', type: '__other__' });
  assert.equal(entry.line, '/: ');
});

test("containers of every sort are told by the field's path", () => {
  const path = (fieldPath: string) =>
    toEntry({ ...oldStyle, involvedObject: { kind: 'Pod', name: 'p', fieldPath } }, 0, options, arrival)
      .metadata.container;
  assert.equal(path('spec.initContainers{setup}'), 'setup');
  assert.equal(path('spec.ephemeralContainers{debugger}'), 'debugger');
  assert.equal(path('spec.nodeName'), '');
});

test('but for `text` the line is the message alone', () => {
  for (const line of ['message', 'logfmt', 'json'] as const)
    assert.equal(toEntry(oldStyle, 0, { ...options, line }, arrival).line, oldStyle.message);
  assert.equal(toEntry({}, 0, { ...options, line: 'message' }, arrival).line, '');
});

test('metadata stands in the order of the schema, and holds nothing else', () => {
  const names = Object.keys(toEntry(oldStyle, 0, options, arrival).metadata);
  assert.deepEqual(names, Object.keys(structuredMetadata));
});
