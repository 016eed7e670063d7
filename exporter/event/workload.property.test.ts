import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { workloadOf } from './workload.ts';

/* Kubernetes' own algorithms, each from the file that is named. */

/** k8s.io/apimachinery/pkg/util/rand/rand.go */
const alphanums = 'bcdfghjklmnpqrstvwxz2456789';
const random5 = fc
  .array(fc.constantFrom(...alphanums), { minLength: 5, maxLength: 5 })
  .map(characters => characters.join(''));

/** SafeEncodeString, of the same file. */
function safeEncodeString(text: string): string {
  return Array.from(text, character => alphanums[character.charCodeAt(0) % alphanums.length]).join('');
}

/** ComputeHash in pkg/controller/controller_utils.go: 32 bits of FNV. Below 10,000 is one in 430,000. */
const hash = fc.integer({ min: 10_000, max: 2 ** 32 - 1 }).map(sum => safeEncodeString(String(sum)));

/** SimpleNameGenerator in k8s.io/apiserver/pkg/storage/names/generate.go */
const maxGeneratedNameLength = 58;
function generateName(base: string, random: string): string {
  return base.slice(0, maxGeneratedNameLength) + random;
}

/** podGenerateNameWithIndex in pkg/controller/job/indexed_job_utils.go */
function podGenerateNameWithIndex(job: string, index: number): string {
  const appended = `-${index}-`;
  const prefix = job + appended;
  return prefix.length > maxGeneratedNameLength
    ? prefix.slice(0, maxGeneratedNameLength - appended.length) + appended
    : prefix;
}

/** getTimeHashInMinutes in pkg/controller/cronjob/utils.go; from Kubernetes' beginning to the year 2090. */
const minute = fc.integer({ min: 23_000_000, max: 63_000_000 });

/** Names of controllers: words that no suffix is made of, because each has a vowel in its last place but one. */
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}[aeiou][a-z0-9]$/);
const nameOf = (maxLength: number) =>
  fc
    .array(word, { minLength: 1, maxLength: 5 })
    .map(words => words.join('-'))
    .filter(name => name.length <= maxLength);
/** So long that the API cuts what is made of it. */
const longName = fc
  .array(word, { minLength: 14, maxLength: 30 })
  .map(words => words.join('-'))
  .filter(name => name.length > maxGeneratedNameLength);

test("a Deployment's ReplicaSets and Pods, cut or not", () => {
  fc.assert(
    fc.property(nameOf(57), hash, random5, (deployment, sum, random) => {
      const replicaSet = `${deployment}-${sum}`;
      assert.equal(workloadOf('ReplicaSet', replicaSet), deployment);
      assert.equal(workloadOf('Pod', generateName(`${replicaSet}-`, random)), deployment);
    }),
  );
});

test('Pods of a DaemonSet, a Job and a bare ReplicaSet, and what is of a generated name itself', () => {
  fc.assert(
    fc.property(nameOf(57), random5, random5, (name, one, other) => {
      assert.equal(workloadOf('Pod', generateName(`${name}-`, one)), name);
      if (name.length > 51) return;
      const job = generateName(`${name}-`, one);
      assert.equal(workloadOf('Job', job), name);
      assert.equal(workloadOf('Pod', generateName(`${job}-`, other)), name);
    }),
  );
});

test('a name that is too long itself is known by its first 58 characters', () => {
  fc.assert(
    fc.property(longName, hash, random5, (deployment, sum, random) => {
      const kept = deployment.slice(0, maxGeneratedNameLength);
      const workload = workloadOf('Pod', generateName(`${deployment}-${sum}-`, random)) ?? '';
      // A last word that was cut short can look like the beginning of a hash.
      assert.ok(kept.startsWith(workload) && workload.length >= kept.length - 11, workload);
    }),
  );
});

test("a StatefulSet's Pods", () => {
  fc.assert(
    fc.property(nameOf(57), fc.nat({ max: 2 ** 31 - 1 }), (set, ordinal) => {
      assert.equal(workloadOf('Pod', `${set}-${ordinal}`), set);
    }),
  );
});

test("a CronJob's Jobs and Pods, indexed ones too", () => {
  const index = fc.nat({ max: 99_999 });
  fc.assert(
    fc.property(nameOf(48), minute, random5, index, (cronJob, at, random, completion) => {
      const job = `${cronJob}-${at}`;
      assert.equal(workloadOf('Job', job), cronJob);
      assert.equal(workloadOf('Pod', generateName(`${job}-`, random)), cronJob);
      assert.equal(
        workloadOf('Pod', generateName(podGenerateNameWithIndex(job, completion), random)),
        cronJob,
      );
    }),
  );
});

test('Pods of an indexed Job', () => {
  fc.assert(
    fc.property(nameOf(51), fc.nat({ max: 99_999 }), random5, (job, index, random) => {
      assert.equal(workloadOf('Pod', generateName(podGenerateNameWithIndex(job, index), random)), job);
    }),
  );
});

test('a static Pod, which the kubelet names after its node', () => {
  fc.assert(
    fc.property(nameOf(57), fc.stringMatching(/^[a-zA-Z][a-z0-9.-]{0,20}[a-z0-9]$/), (pod, node) => {
      // generatePodName in pkg/kubelet/config/common.go
      assert.equal(workloadOf('Pod', `${pod}-${node.toLowerCase()}`, node), pod);
    }),
  );
});

/** What the controllers of a real cluster wrote when they made something: maker, kind, made. */
const made: readonly [kind: string, reason: string, message: RegExp, madeKind: string][] = [
  ['Deployment', 'ScalingReplicaSet', /^Scaled (?:up|down) replica set (\S+)/, 'ReplicaSet'],
  ['ReplicaSet', 'SuccessfulCreate', /^Created pod: (\S+)$/, 'Pod'],
  ['DaemonSet', 'SuccessfulCreate', /^Created pod: (\S+)$/, 'Pod'],
  ['Job', 'SuccessfulCreate', /^Created pod: (\S+)$/, 'Pod'],
  ['CronJob', 'SuccessfulCreate', /^Created job (\S+)$/, 'Job'],
  ['StatefulSet', 'SuccessfulCreate', /^Create Pod (\S+) in StatefulSet/i, 'Pod'],
];

interface Recorded {
  readonly object: { involvedObject: { kind: string; name: string }; reason: string; message: string };
}

test('what the controllers of a real cluster made has the workload of its maker', () => {
  const recording = readFileSync(new URL('../../test/demo/scenario.ndjson', import.meta.url), 'utf8');
  const seen = new Map<string, number>();
  for (const line of recording.trim().split('\n')) {
    const { involvedObject, reason, message } = (JSON.parse(line) as Recorded).object;
    for (const [kind, why, words, madeKind] of made) {
      const name = involvedObject.kind === kind && reason === why ? words.exec(message)?.[1] : undefined;
      if (name === undefined) continue;
      assert.equal(workloadOf(madeKind, name), workloadOf(kind, involvedObject.name), name);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
  assert.deepEqual([...seen.keys()].sort(), made.map(([kind]) => kind).sort());
});
