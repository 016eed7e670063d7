import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workloadOf } from './workload.ts';

test('the workload is read off the name that its controller made', () => {
  const cases: [kind: string, name: string, workload: string | undefined][] = [
    ['Pod', 'web-5d4f8c7b9-x2x4z', 'web'],
    ['Pod', 'web-api-v2-768c55dd9f-8wzq5', 'web-api-v2'],
    ['Pod', 'node-exporter-x2x4z', 'node-exporter'],
    ['Pod', 'postgres-0', 'postgres'],
    ['Pod', 'backup-29387160-q4r8t', 'backup'],
    ['Pod', 'shards-29387160-3-q4r8t', 'shards'],
    ['Pod', 'debug', 'debug'],
    ['Pod', 'my-pod', 'my-pod'],
    ['Pod', 'coredns-abcde', 'coredns-abcde'], // a and e are not in the alphabet
    ['ReplicaSet', 'web-5d4f8c7b9', 'web'],
    ['ReplicaSet', 'web', 'web'],
    ['Job', 'backup-29387160', 'backup'],
    ['Job', 'migrate', 'migrate'],
    ['Deployment', 'web', 'web'],
    ['CronJob', 'backup', 'backup'],
    ['Node', 'worker-1', undefined],
    ['PersistentVolumeClaim', 'data-postgres-0', undefined],
    ['constructor', 'x', undefined],
    ['Pod', '', undefined],
  ];
  for (const [kind, name, workload] of cases)
    assert.equal(workloadOf(kind, name), workload, `${kind}/${name}`);
});
