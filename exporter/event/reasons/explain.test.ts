import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { REASONS } from './catalogue.ts';
import { explainReason, listReasons } from './explain.ts';
import { FORMER_REASONS } from './gone.ts';

test('a reason is explained', () => {
  assert.deepEqual(explainReason('FailedScheduling'), {
    known: true,
    text: `FailedScheduling
  Meaning:     No node can take the pod now; the message counts the reasons by node.
  Check first: Compare requests, taints, affinity and volumes with the nodes: kubectl describe pod POD -n NAMESPACE.
  Component:   default-scheduler
  Type:        Warning
  Severity:    warning
  In Loki:     {job="kube-events", reason="FailedScheduling"}
`,
  });
});

test('one that components use in different ways is explained for each', () => {
  const { text } = explainReason('SuccessfulCreate');
  assert.equal(text.match(/^SuccessfulCreate$/gm)?.length, 3);
  assert.match(text, /Component: {3}replicaset-controller, replication-controller, /);
  assert.match(text, /\n\nSuccessfulCreate\n.*\n.*\n {2}Component: {3}statefulset-controller\n/);
});

test('case and separators do not matter', () => {
  for (const reason of ['failedscheduling', 'FAILED_SCHEDULING', 'failed-scheduling', ' Failed Scheduling '])
    assert.equal(explainReason(reason).text, explainReason('FailedScheduling').text, reason);
  assert.equal(explainReason('OutOfEphemeralStorage').known, true);
});

test('what is gone, and what never was an event, is explained too', () => {
  const { known, text } = explainReason('hostportconflict');
  assert.equal(known, true);
  assert.match(text, /^HostPortConflict \(gone: no component gives such an event any more\)\n/);
  assert.match(text, /Today: {7}NodePorts from the kubelet, or FailedScheduling\.\n$/);
  assert.match(
    explainReason('CrashLoopBackOff').text,
    /^CrashLoopBackOff \(a state: of a container, never an event\)\n/,
  );
});

test('every reason of the catalogue is found under its own name', () => {
  for (const { reason } of [...REASONS, ...FORMER_REASONS]) {
    const { known, text } = explainReason(reason);
    assert.ok(known && (text.startsWith(`${reason}\n`) || text.startsWith(`${reason} (`)), reason);
  }
});

const misspelt: readonly [string, RegExp][] = [
  ['FailedSchedulling', /^Did you mean FailedScheduling\?$/m],
  ['BackOf', /^Did you mean BackOff/m],
  ['unhealty', /^Did you mean Unhealthy/m],
  ['mount', /^Did you mean FailedMount/m],
  ['oom', /^Did you mean SystemOOM, OOMKilled, OOMKilling\?$/m],
];

for (const [reason, hint] of misspelt) {
  test(`${reason} is nearly another`, () => {
    const { known, text } = explainReason(reason);
    assert.equal(known, false);
    assert.match(text, hint);
  });
}

test('what is like nothing has no hint', () => {
  for (const reason of ['', 'x', 'Zxqvwtplk', '__proto__', 'constructor', 'é'.repeat(1_000_000)]) {
    const { known, text } = explainReason(reason);
    assert.equal(known, false);
    assert.doesNotMatch(text, /Did you mean/);
    assert.ok(text.length < 250);
  }
});

test('whatever is asked, the answer is a few lines without control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), reason => {
      const { text } = explainReason(reason);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[^\P{Cc}\u007f-\u009f]/u);
      assert.match(text, /\.\n|\?\n|\}\n$/);
    }),
  );
});

test('the list has each entry once, under its component', () => {
  const list = listReasons();
  assert.equal(list.match(/^ {2}\S/gm)?.length, REASONS.length);
  assert.match(
    list,
    /^default-scheduler\n {2}Scheduled +info +The pod was given a node\.\n {2}FailedScheduling/m,
  );
});
