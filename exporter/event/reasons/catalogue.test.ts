import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownReason, REASONS, reasonOf } from './catalogue.ts';
import { FORMER_REASONS, formerReasonOf } from './gone.ts';

test('a reason has one entry per component', () => {
  const seen = new Set<string>();
  for (const { reason, components } of REASONS) {
    assert.ok(components.length > 0, reason);
    for (const component of components) {
      const pair = `${reason} of ${component}`;
      assert.ok(!seen.has(pair), `${pair} is there twice`);
      seen.add(pair);
    }
  }
});

test('meanings and checks are single lines that end like a sentence, and any command can be copied', () => {
  for (const { reason, meaning, check } of REASONS) {
    for (const text of [meaning, check]) assert.match(text, /^\S[^\n]*\S\.$/, `${reason}: ${text}`);
    assert.doesNotMatch(check, /[<>]/, `${reason}: a placeholder in <> would be a redirection in a shell`);
  }
});

test('a reason is looked up as its component uses it', () => {
  assert.equal(reasonOf('DeadlineExceeded', 'kubelet')?.type, 'Normal');
  assert.equal(reasonOf('DeadlineExceeded', 'job-controller')?.type, 'Warning');
  assert.equal(reasonOf('FailedCreate', 'statefulset-controller')?.components.length, 1);
  assert.deepEqual(reasonOf('NodeNotReady', 'node-controller')?.components, ['node-controller']);
});

test('without a component, or with another one, the first entry is taken', () => {
  assert.deepEqual(reasonOf('NodeNotReady')?.components, ['kubelet']);
  assert.equal(reasonOf('Scheduled', 'my-scheduler'), reasonOf('Scheduled', 'default-scheduler'));
});

test('an unknown reason is unknown', () => {
  for (const reason of ['', 'scheduled', 'Whatever', '__proto__', 'constructor', 'toString']) {
    assert.equal(isKnownReason(reason), false, reason);
    assert.equal(reasonOf(reason), undefined, reason);
  }
  assert.equal(isKnownReason('Scheduled'), true);
});

test('of the reasons that older articles name, some are gone and some are not', () => {
  for (const reason of ['FailedRescale', 'MissingJob', 'UnAvailableLoadBalancer', 'NetworkNotReady'])
    assert.ok(isKnownReason(reason), reason);
  assert.ok(isKnownReason('FreeDiskSpaceFailed'));
  assert.equal(formerReasonOf('HostPortConflict')?.status, 'gone');
  assert.equal(formerReasonOf('CrashLoopBackOff')?.status, 'state');
  // A state too, which this project makes an event of.
  assert.deepEqual(reasonOf('OOMKilled')?.components, ['kube-events']);
  assert.equal(formerReasonOf('FreeDiskSpaceFailed'), undefined);
});

test('what is gone is in no entry, and is listed once', () => {
  const names = FORMER_REASONS.map(entry => entry.reason);
  assert.deepEqual(names.filter(isKnownReason), []);
  assert.equal(new Set(names).size, names.length);
});
