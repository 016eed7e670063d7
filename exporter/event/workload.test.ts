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
    // An index that could be a hash.
    ['Pod', 'shards-29387160-74564-q4r8t', 'shards'],
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

test("a static Pod is told by its node's name, and only by the whole of it", () => {
  assert.equal(workloadOf('Pod', 'etcd-ip-10-0-1-5', 'ip-10-0-1-5'), 'etcd');
  assert.equal(workloadOf('Pod', 'etcd-Worker', 'worker'), 'etcd-Worker');
  assert.equal(workloadOf('Pod', 'etcd-worker', 'Worker'), 'etcd');
  assert.equal(workloadOf('Pod', 'worker-1', 'worker-1'), 'worker');
  assert.equal(workloadOf('Pod', 'web-myworker', 'worker'), 'web-myworker');
});
