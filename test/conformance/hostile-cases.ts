import { about, type Case, kubelet, kubeletEvent } from './case.ts';

/** As `JSON.parse` reads it: a property of its own, and no prototype. */
const proto = JSON.parse('{"__proto__": {"kind": "Secret", "name": "x"}, "constructor": {"name": "y"}}');
const red = '\u001b[31m';
const other = { labels: { reason: 'BackOff', namespace: 'shop' } };

export const hostileCases: readonly Case[] = [
  {
    name: 'nothing at all',
    event: {},
    entry: {
      labels: {
        job: 'kube-events',
        cluster: 'prod',
        namespace: 'default',
        type: '__other__',
        kind: '',
        reason: '',
      },
      line: '/: ',
      metadata: { count: '1', occurrences: '1', event_uid: '', resource_version: '' },
    },
  },
  {
    name: 'numbers where texts belong',
    event: kubelet({ reason: 7, message: 8, type: 9, action: 10, reportingComponent: 11, source: 12 }),
    entry: {
      labels: { reason: '', type: '__other__', kind: 'Pod' },
      line: 'Pod/web-5d4f8c7b9-x2x4z: ',
      metadata: { action: '', component: '', node: '', event_type: '' },
    },
  },
  {
    name: 'lists where texts belong',
    event: kubelet({ reason: ['BackOff'], message: [], type: ['Warning'], source: [{ component: 'x' }] }),
    entry: { labels: { reason: '', type: '__other__' }, metadata: { component: 'kubelet' } },
  },
  {
    name: 'objects where texts belong',
    event: kubelet({ reason: { toString: 'x' }, message: {}, action: { a: 1 } }),
    entry: { labels: { reason: '' }, line: 'Pod/web-5d4f8c7b9-x2x4z: ', metadata: { action: '' } },
  },
  {
    name: 'true and false',
    event: kubelet({ reason: true, involvedObject: false, metadata: true, series: true, count: true }),
    entry: { labels: { reason: '', kind: '', namespace: 'default' }, metadata: { count: '1' } },
  },
  {
    name: 'null everywhere',
    event: Object.fromEntries(Object.keys(kubeletEvent).map(name => [name, null])),
    entry: { labels: { reason: '', kind: '', namespace: 'default', type: '__other__' }, line: '/: ' },
  },
  {
    name: 'texts where objects belong',
    event: kubelet({ metadata: 'm', involvedObject: 'Pod', source: 'kubelet', series: 'many', related: 'x' }),
    entry: { labels: { kind: '', namespace: 'default' }, metadata: { count: '5', component: 'kubelet' } },
  },
  {
    name: 'an involved object of the wrong types',
    event: kubelet({ involvedObject: { kind: 1, name: ['a'], uid: {}, fieldPath: 3, namespace: null } }),
    entry: { ...other, metadata: { name: '', object_uid: '', container: '' } },
  },
  {
    name: 'metadata of the wrong types',
    event: kubelet({ metadata: { uid: 5, resourceVersion: 812, namespace: {}, creationTimestamp: 9 } }),
    entry: { metadata: { event_uid: '', resource_version: '' }, labels: { namespace: 'shop' } },
  },
  {
    name: 'a prototype in the involved object',
    event: kubelet({ involvedObject: proto }),
    entry: { labels: { kind: '' }, metadata: { name: '' } },
  },
  { name: 'a prototype in the event', event: proto, entry: { labels: { kind: '', namespace: 'default' } } },
  {
    name: 'a kind that every object has',
    event: about('constructor', 'a'),
    entry: { labels: { kind: 'constructor' }, metadata: { workload: '' } },
  },
  {
    name: 'a kind that every object has, inherited',
    event: about('__proto__', 'a'),
    entry: { labels: { kind: '__proto__' }, metadata: { workload: '' } },
  },
  {
    name: 'NUL, quotes and escapes',
    event: kubelet({ message: `a\u0000b "c" \\ ${red}red` }),
    entry: { line: `Pod/web-5d4f8c7b9-x2x4z: a\u0000b "c" \\ ${red}red` },
  },
  {
    name: 'a lone surrogate is replaced',
    event: kubelet({ message: 'a\ud800b', action: '\udc00' }),
    entry: { line: 'Pod/web-5d4f8c7b9-x2x4z: a\ufffdb', metadata: { action: '\ufffd' } },
  },
  {
    name: 'control characters in a label',
    event: kubelet({ reason: 'a\nb"c\\d\u0000' }),
    entry: { labels: { reason: 'a\nb"c\\d\u0000' } },
  },
  {
    name: 'what Loki refuses in a label is a question mark there',
    event: kubelet({ reason: 'a\ufffdb\ud800' }),
    entry: { labels: { reason: 'a?b?' } },
  },
  {
    name: 'a label of 3,000 characters is cut at 2,048 bytes',
    event: kubelet({ reason: 'r'.repeat(3000) }),
    entry: { labels: { reason: `${'r'.repeat(2045)}…` } },
  },
  {
    name: 'metadata of 3,000 characters is cut at 2,048 bytes',
    event: kubelet({ action: 'é'.repeat(3000) }),
    entry: { metadata: { action: `${'é'.repeat(1022)}…` } },
  },
  {
    name: 'a message of 1.4 MB is cut at 256 KiB',
    event: kubelet({ message: 'm'.repeat(1_400_000) }),
    entry: {
      line: `Pod/web-5d4f8c7b9-x2x4z: ${'m'.repeat(262_079)}… [1137921 bytes cut]`,
    },
  },
  {
    name: 'a message that holds what looks like metadata',
    event: kubelet({ message: '\n\nevent_time' }),
    entry: { line: 'Pod/web-5d4f8c7b9-x2x4z: \n\nevent_time', metadata: { event_time: '' } },
  },
];
