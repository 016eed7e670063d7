import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterSchema } from '../../config/filter-schema.ts';
import type { CoreEvent } from '../wire.ts';
import { Filter } from './filter.ts';

const now = Date.parse('2026-05-01T10:00:00Z');

const event: CoreEvent = {
  metadata: { name: 'web-1.17a', namespace: 'shop', uid: 'u', resourceVersion: '7' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
  reason: 'BackOff',
  type: 'Warning',
  message: 'Back-off restarting\nfailed container',
  source: { component: 'kubelet' },
  reportingComponent: 'other',
  count: 5,
  lastTimestamp: '2026-05-01T09:00:00Z',
};

const node: CoreEvent = {
  metadata: { namespace: 'default' },
  involvedObject: { kind: 'Node', name: 'worker-1' },
  reason: 'Rebooted',
  reportingComponent: 'node-agent',
};

function passes(config: unknown, given: CoreEvent): boolean {
  return new Filter(filterSchema.parse(config)).matches(given, now);
}

test('each condition reads its part of the event', () => {
  const cases: [rule: object, event: boolean, node: boolean][] = [
    [{ namespace: 'shop' }, true, false],
    [{ namespace: 'default' }, false, true],
    [{ kind: ['Job', 'Pod'] }, true, false],
    [{ kind: ['Job', 'N?de'] }, false, true],
    [{ name: 'web-*' }, true, false],
    [{ reason: '/Back.*|Failed/' }, true, false],
    [{ reason: ['Rebooted', '/Back.*/'] }, true, true],
    [{ type: 'Warning' }, true, false],
    [{ type: '//' }, false, true],
    [{ component: 'kubelet' }, true, false],
    [{ component: 'other' }, false, false],
    [{ component: 'node-agent' }, false, true],
    [{ message: '*failed*' }, true, false],
    [{ message: '/.*restarting.*/' }, true, false],
    [{ message: 'failed' }, false, false],
    [{ clusterScoped: true }, false, true],
    [{ clusterScoped: false }, true, false],
    [{ minCount: 5 }, true, false],
    [{ minCount: 6 }, false, false],
    [{ minCount: 1 }, true, true],
    [{ maxCount: 1 }, false, true],
    [{ minCount: 2, maxCount: 5 }, true, false],
    [{ maxAge: '1h' }, true, true],
    [{ maxAge: '59m59s' }, false, true],
    [{ kind: 'Pod', reason: 'BackOff', minCount: 2, message: '*container', maxAge: '2h' }, true, false],
    [{ kind: 'Pod', reason: 'Started' }, false, false],
  ];
  for (const [rule, ofEvent, ofNode] of cases) {
    const told = JSON.stringify(rule);
    assert.equal(passes({ include: [rule] }, event), ofEvent, `${told} of the Pod's`);
    assert.equal(passes({ include: [rule] }, node), ofNode, `${told} of the Node's`);
    assert.equal(passes({ exclude: [rule] }, event), !ofEvent, `not ${told} of the Pod's`);
  }
});

test('an event passes where a rule includes it, or none could, and no rule excludes it', () => {
  const cases: [include: object[], exclude: object[], expected: boolean][] = [
    [[], [], true],
    [[{ kind: 'Node' }, { kind: 'Pod' }], [], true],
    [[{ kind: 'Node' }], [], false],
    [[{ kind: 'Pod' }], [{ reason: 'BackOff' }], false],
    [[{ kind: 'Pod' }], [{ reason: 'BackOff', type: 'Normal' }], true],
  ];
  for (const [include, exclude, expected] of cases)
    assert.equal(passes({ include, exclude }, event), expected, JSON.stringify({ include, exclude }));
});

test('of a huge message the first 65,536 characters are looked at', () => {
  const huge = { ...event, message: `begin${'a'.repeat(1_400_000)}end` };
  assert.equal(passes({ include: [{ message: 'begin*' }] }, huge), true);
  assert.equal(passes({ include: [{ message: '*end' }] }, huge), false);
  assert.equal(passes({ include: [{ message: '/(?:.*a)+x/' }] }, huge), false);
});

test('an event without any part, or with parts of other types, matches what is empty', () => {
  const broken = JSON.parse(
    '{"involvedObject":null,"reason":{},"message":7,"source":"x","type":["Warning"]}',
  );
  for (const hostile of [{}, broken as CoreEvent]) {
    for (const condition of ['namespace', 'kind', 'name', 'component', 'message', 'reason', 'type'])
      assert.equal(passes({ include: [{ [condition]: ['/a*/'] }] }, hostile), true, condition);
    assert.equal(passes({ include: [{ type: 'Warning' }] }, hostile), false);
    assert.equal(passes({ include: [{ clusterScoped: true, maxCount: 1, maxAge: '1s' }] }, hostile), true);
  }
});
