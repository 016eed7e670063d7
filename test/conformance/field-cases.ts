import { about, type Case, kubelet, kubeletEvent, scheduler, schedulerEvent } from './case.ts';

const node = (change = {}) =>
  kubelet({
    metadata: { name: 'worker-1.17a', namespace: 'default', uid: 'e-3', resourceVersion: '1' },
    involvedObject: { kind: 'Node', name: 'worker-1', uid: 'worker-1' },
    ...change,
  });

const container = (fieldPath: unknown) =>
  kubelet({ involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-0', fieldPath } });

const empty = { component: '', host: '' };

export const fieldCases: readonly Case[] = [
  {
    name: 'the old style fills every field that it has',
    event: kubeletEvent,
    previous: 3,
    entry: {
      labels: {
        cluster: 'prod',
        job: 'kube-events',
        kind: 'Pod',
        namespace: 'shop',
        reason: 'BackOff',
        type: 'Warning',
      },
      time: '2026-05-01T10:05:00.000000000Z',
      line: 'Pod/web-5d4f8c7b9-x2x4z: Back-off restarting failed container app',
      metadata: {
        name: 'web-5d4f8c7b9-x2x4z',
        workload: 'web',
        event_uid: 'e-1',
        resource_version: '812',
        count: '5',
        occurrences: '2',
        baseline: '',
        component: 'kubelet',
        node: 'worker-1',
        container: 'app',
        action: '',
        object_uid: 'p-1',
        first_seen: '2026-05-01T10:00:00Z',
        event_type: '',
        event_time: '',
        detected_level: 'warn',
      },
    },
  },
  {
    name: 'the new style fills every field that it has',
    event: schedulerEvent,
    entry: {
      labels: { kind: 'Pod', namespace: 'shop', reason: 'Scheduled', type: 'Normal' },
      time: '2026-05-01T10:00:01.234567000Z',
      line: 'Pod/web-5d4f8c7b9-x2x4z: Successfully assigned shop/web-5d4f8c7b9-x2x4z to worker-2',
      metadata: {
        name: 'web-5d4f8c7b9-x2x4z',
        workload: 'web',
        event_uid: 'e-2',
        resource_version: '900',
        count: '1',
        occurrences: '1',
        component: 'default-scheduler',
        node: 'worker-2',
        container: '',
        action: 'Binding',
        object_uid: 'p-1',
        first_seen: '2026-05-01T10:00:01.234567Z',
        detected_level: 'info',
      },
    },
  },

  // Component
  {
    name: 'the source is asked for the component first, as kubectl does',
    event: kubelet({ source: { component: 'kubelet', host: 'worker-1' }, reportingComponent: 'other' }),
    entry: { metadata: { component: 'kubelet' } },
  },
  {
    name: 'an empty source leaves the component to the reporting controller',
    event: kubelet({ source: empty, reportingComponent: 'cert-manager' }),
    entry: { metadata: { component: 'cert-manager', node: '' } },
  },
  {
    name: 'an old event without a reporting component',
    event: kubelet({ reportingComponent: undefined, reportingInstance: undefined }),
    entry: { metadata: { component: 'kubelet', node: 'worker-1' } },
  },
  {
    name: 'no component at all',
    event: kubelet({ source: undefined, reportingComponent: undefined, reportingInstance: undefined }),
    entry: { metadata: { component: '', node: '' } },
  },

  // Node
  {
    name: 'a source without a component may still have a host',
    event: kubelet({ source: { host: 'worker-7' }, reportingComponent: '' }),
    entry: { metadata: { component: '', node: 'worker-7' } },
  },
  {
    name: "the kubelet's instance is its node, as the old recorder writes it",
    event: kubelet({ source: empty, reportingInstance: 'worker-9' }),
    entry: { metadata: { component: 'kubelet', node: 'worker-9' } },
  },
  {
    name: "the kubelet's instance holds its node, as the new recorder writes it",
    event: scheduler({ reportingComponent: 'kubelet', reportingInstance: 'kubelet-worker-9' }),
    entry: { metadata: { node: 'worker-9' } },
  },
  {
    name: 'the kubelet under its qualified name',
    event: scheduler({
      reportingComponent: 'kubernetes.io/kubelet',
      reportingInstance: 'kubernetes.io/kubelet-worker-9',
    }),
    entry: { metadata: { component: 'kubernetes.io/kubelet', node: 'worker-9' } },
  },
  {
    name: "another component's instance is no node",
    event: scheduler({ reason: 'FailedScheduling', message: '0/3 nodes are available' }),
    entry: { metadata: { node: '' } },
  },
  {
    name: 'a message of another reason names no node',
    event: scheduler({ reason: 'Bound' }),
    entry: { metadata: { node: '' } },
  },
  {
    name: 'Scheduled with a message of its own',
    event: scheduler({ message: 'assigned' }),
    entry: { metadata: { node: '' } },
  },
  {
    name: 'a node is on itself, whoever reports it',
    event: node({ source: { component: 'node-controller' }, reportingComponent: 'node-controller' }),
    entry: { metadata: { node: 'worker-1', component: 'node-controller' } },
  },
  {
    name: 'a related node is where it happened',
    event: scheduler({ reason: 'Preempted', related: { kind: 'Node', name: 'worker-4' } }),
    entry: { metadata: { node: 'worker-4', name: 'web-5d4f8c7b9-x2x4z' } },
  },
  {
    name: 'another related object changes nothing',
    event: scheduler({
      reason: 'Preempted',
      message: 'Preempted by pod 5f6d on node worker-2',
      related: { kind: 'Pod', namespace: 'shop', name: 'important-0', uid: 'p-9' },
    }),
    entry: { metadata: { name: 'web-5d4f8c7b9-x2x4z', object_uid: 'p-1', node: '' } },
  },

  // Container
  {
    name: 'a container',
    event: container('spec.containers{app}'),
    entry: { metadata: { container: 'app' } },
  },
  {
    name: 'an init container',
    event: container('spec.initContainers{setup}'),
    entry: { metadata: { container: 'setup' } },
  },
  {
    name: 'an ephemeral container',
    event: container('spec.ephemeralContainers{debugger-x2x4z}'),
    entry: { metadata: { container: 'debugger-x2x4z' } },
  },
  {
    name: 'a container without a name, by its place',
    event: container('spec.containers[2]'),
    entry: { metadata: { container: '[2]' } },
  },
  {
    name: 'an init container without a name, by its place',
    event: container('spec.initContainers[0]'),
    entry: { metadata: { container: '[0]' } },
  },
  {
    name: "the Pod's sandbox",
    event: container('implicitly required container POD'),
    entry: { metadata: { container: 'POD' } },
  },
  {
    name: 'a path that is no container',
    event: container('spec.nodeName'),
    entry: { metadata: { container: '' } },
  },
  {
    name: 'a path that only begins like a container',
    event: container('spec.containers{app}.image'),
    entry: { metadata: { container: '' } },
  },

  // Namespace and involved object
  {
    name: 'a cluster-scoped object is in the namespace of its event',
    event: node(),
    entry: {
      labels: { kind: 'Node', namespace: 'default' },
      metadata: { name: 'worker-1', object_uid: 'worker-1', workload: '' },
    },
  },
  {
    name: 'a cluster-scoped object whose event is in kube-system',
    event: node({ metadata: { namespace: 'kube-system', uid: 'e-4', resourceVersion: '2' } }),
    entry: { labels: { namespace: 'kube-system' } },
  },
  {
    name: 'a PersistentVolume has neither a node nor a workload',
    event: kubelet({
      metadata: { namespace: 'default', uid: 'e-5', resourceVersion: '3' },
      involvedObject: { kind: 'PersistentVolume', name: 'pvc-0', uid: 'v-1' },
      source: { component: 'persistentvolume-controller' },
    }),
    entry: { metadata: { node: '', workload: '', name: 'pvc-0' }, labels: { kind: 'PersistentVolume' } },
  },
  {
    name: 'the namespace of the event, not that of the object',
    event: kubelet({ involvedObject: { kind: 'Pod', namespace: 'elsewhere', name: 'a' } }),
    entry: { labels: { namespace: 'shop' } },
  },
  {
    name: 'an event without a namespace is in that of its object',
    event: kubelet({ metadata: { uid: 'e-6', resourceVersion: '4' } }),
    entry: { labels: { namespace: 'shop' } },
  },
  {
    name: 'no namespace anywhere',
    event: kubelet({ metadata: { uid: 'e-6' }, involvedObject: { kind: 'Pod', name: 'a' } }),
    entry: { labels: { namespace: 'default' } },
  },
  {
    name: 'no involved object',
    event: kubelet({ involvedObject: undefined }),
    entry: {
      labels: { kind: '', reason: 'BackOff' },
      line: '/: Back-off restarting failed container app',
      metadata: { name: '', workload: '', container: '', object_uid: '' },
    },
  },
  {
    name: 'an involved object without a name',
    event: kubelet({ involvedObject: { kind: 'Pod', namespace: 'shop' } }),
    entry: {
      labels: { kind: 'Pod' },
      line: 'Pod/: Back-off restarting failed container app',
      metadata: { name: '', workload: '' },
    },
  },
  {
    name: 'an involved object without a kind',
    event: kubelet({ involvedObject: { name: 'web-0', uid: 'p-2' } }),
    entry: { labels: { kind: '' }, metadata: { name: 'web-0', workload: '', object_uid: 'p-2' } },
  },
  {
    name: 'a custom resource',
    event: about('Certificate', 'shop-tls-0', {
      source: undefined,
      reportingComponent: 'cert-manager-certificates-trigger',
      reportingInstance: 'cert-manager-cainjector-6b7d8c9f4-x7r2p',
    }),
    entry: {
      labels: { kind: 'Certificate' },
      metadata: {
        name: 'shop-tls-0',
        workload: '',
        node: '',
        component: 'cert-manager-certificates-trigger',
      },
    },
  },

  // Type, reason, message
  {
    name: 'Normal is info',
    event: kubelet({ type: 'Normal' }),
    entry: { labels: { type: 'Normal' }, metadata: { detected_level: 'info', event_type: '' } },
  },
  {
    name: 'an error-like type is kept in metadata',
    event: kubelet({ type: 'Error' }),
    entry: { labels: { type: '__other__' }, metadata: { detected_level: 'error', event_type: 'Error' } },
  },
  {
    name: 'a type of its own',
    event: kubelet({ type: 'Audit' }),
    entry: { labels: { type: '__other__' }, metadata: { detected_level: 'info', event_type: 'Audit' } },
  },
  {
    name: 'a warning in small letters is a warning to the eye',
    event: kubelet({ type: 'warning' }),
    entry: { labels: { type: '__other__' }, metadata: { detected_level: 'warn', event_type: 'warning' } },
  },
  {
    name: 'no type',
    event: kubelet({ type: undefined }),
    entry: { labels: { type: '__other__' }, metadata: { detected_level: 'info', event_type: '' } },
  },
  {
    name: 'no reason',
    event: kubelet({ reason: undefined }),
    entry: { labels: { reason: '', kind: 'Pod' } },
  },
  {
    name: 'no message',
    event: kubelet({ message: undefined }),
    entry: { line: 'Pod/web-5d4f8c7b9-x2x4z: ' },
  },
  {
    name: 'a message of several lines stays as it is',
    event: kubelet({ message: 'exited with 1:\n\tat shop.Orders "now"\n' }),
    entry: { line: 'Pod/web-5d4f8c7b9-x2x4z: exited with 1:\n\tat shop.Orders "now"\n' },
  },
];
