import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertmanagerPayload, crashLoop } from '../../test/fakes/alert-payload.ts';
import { IgnoreList } from './ignore.ts';
import { parsePayload } from './payload.ts';
import { sampleOf } from './sample.ts';

const [alert = assert.fail()] = parsePayload(JSON.stringify(alertmanagerPayload([crashLoop()]))).alerts;
const { entry } = sampleOf('en', 'kube-events', 'cluster', 0);

test('by labels: a value, a glob, an expression, or none; each has to match', () => {
  const has = (labels: Record<string, string>) => new IgnoreList([{ labels }]).hasLabels(alert);
  assert.equal(has({ namespace: 'shop' }), true);
  assert.equal(has({ namespace: 'sho' }), false);
  assert.equal(has({ namespace: 's*' }), true);
  assert.equal(has({ namespace: '/(shop|pay).*/' }), true);
  assert.equal(has({ namespace: '/ho/' }), false);
  assert.equal(has({ namespace: 'shop', workload: 'db' }), false);
  assert.equal(has({ team: '//' }), true);
  assert.equal(has({ toString: '//' }), true);
});

test('by the newest message, which has to be known', () => {
  const list = new IgnoreList([
    { labels: { namespace: 'shop' }, message: '/Back-off .* container app in .*/' },
  ]);
  assert.equal(list.hasLabels(alert), false);
  assert.equal(list.hasEntry(alert, entry), true);
  assert.equal(list.hasEntry(alert, undefined), false);
  assert.equal(list.hasEntry(alert, { ...entry, message: 'another' }), false);
  assert.equal(list.hasEntry({ ...alert, labels: {} }, entry), false);
});

test('a message that is made to take time takes little', () => {
  const list = new IgnoreList([{ message: '/(a+)+b/' }]);
  assert.equal(list.hasEntry(alert, { ...entry, message: 'a'.repeat(100_000) }), false);
});
