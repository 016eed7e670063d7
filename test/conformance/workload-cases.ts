import { about, type Case } from './case.ts';

/** A Deployment's name of so many characters. */
const long = (length: number) =>
  'checkout-gateway-'
    .repeat(5)
    .slice(0, length - 1)
    .concat('e');

const workloads: readonly [about: string, kind: string, name: string, workload: string][] = [
  ["a Deployment's Pod", 'Pod', 'web-5d4f8c7b9-x2x4z', 'web'],
  ["a Deployment's Pod whose hash is short", 'Pod', 'web-9c7b9-x2x4z', 'web'],
  ["a Deployment's ReplicaSet", 'ReplicaSet', 'web-api-v2-768c55dd9f', 'web-api-v2'],
  ['a bare ReplicaSet', 'ReplicaSet', 'web', 'web'],
  ['a ReplicaSet whose name ends in a word', 'ReplicaSet', 'web-frontend', 'web-frontend'],
  ["a DaemonSet's Pod", 'Pod', 'node-exporter-zm66t', 'node-exporter'],
  ["a StatefulSet's Pod", 'Pod', 'ledger-postgres-12', 'ledger-postgres'],
  ['a number with leading zeros is no ordinal', 'Pod', 'agent-007', 'agent-007'],
  ["a Job's Pod", 'Pod', 'sales-report-689tm', 'sales-report'],
  ["an indexed Job's Pod", 'Pod', 'shards-3-q4r8t', 'shards'],
  ["a CronJob's Job", 'Job', 'order-export-29920939', 'order-export'],
  ["a CronJob's Pod", 'Pod', 'order-export-29920939-q4r8t', 'order-export'],
  ["a CronJob's indexed Pod", 'Pod', 'order-export-29920939-17-q4r8t', 'order-export'],
  ['a Job named by hand', 'Job', 'migrate', 'migrate'],
  ['a Job named after a day', 'Job', 'migrate-20260501', 'migrate-20260501'],
  ['the Pod of a Job named after a day', 'Pod', 'migrate-20260501-q4r8t', 'migrate-20260501'],
  ['a Job of a generated name', 'Job', 'scan-x2x4z', 'scan'],
  ['the Pod of a Job of a generated name', 'Pod', 'scan-x2x4z-q4r8t', 'scan'],
  ['a bare Pod', 'Pod', 'debug', 'debug'],
  ['a bare Pod whose last word has vowels', 'Pod', 'coredns-abcde', 'coredns-abcde'],
  ['a Deployment', 'Deployment', 'web-5d4f8c7b9-x2x4z', 'web-5d4f8c7b9-x2x4z'],
  ['a CronJob', 'CronJob', 'order-export', 'order-export'],
  ['a PersistentVolumeClaim', 'PersistentVolumeClaim', 'data-ledger-postgres-0', ''],
  ["a static Pod is named after the kubelet's node", 'Pod', 'kube-apiserver-worker-1', 'kube-apiserver'],
  ['a name of 46 is whole', 'Pod', `${long(46)}-5d4f8c7b9d-x2x4z`, long(46)],
  ['a name of 47 loses the last hyphen', 'Pod', `${long(47)}-5d4f8c7b9dx2x4z`, long(47)],
  ['a name of 53 loses most of its hash', 'Pod', `${long(53)}-5d4fx2x4z`, long(53)],
  ['a name of 57 loses its hash', 'Pod', `${long(57)}-x2x4z`, long(57)],
  ['a name of 58 loses its hyphen too', 'Pod', `${long(58)}x2x4z`, long(58)],
  ["a CronJob's name of 52 loses most of its minute", 'Pod', `${long(52)}-29920x2x4z`, long(52)],
  ["a CronJob's indexed Pod loses more", 'Pod', `${long(49)}-29920-7-x2x4z`, long(49)],
];

export const workloadCases: readonly Case[] = workloads.map(([what, kind, name, workload]) => ({
  name: `${what}: ${kind}/${name}`,
  event: about(kind, name),
  entry: { metadata: { name, workload } },
}));
