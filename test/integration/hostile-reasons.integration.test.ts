import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipWithout } from '../servers/require.ts';
import { HostileTrial } from './hostile-trial.ts';

const reasons = 50_000;
/** The default of `cardinality.streams`. */
const budget = 4000;

const skip = await skipWithout('loki');

describe('50,000 distinct reasons, and a Loki with the limits that it comes with', { skip }, () => {
  let trial: HostileTrial;

  before(async () => {
    trial = await HostileTrial.prepare();
    await trial.exporter.start();
  });

  after(async () => trial?.[Symbol.asyncDispose]());

  test('all arrive, in no more streams than the budget has', async t => {
    for (let index = 0; index < reasons; index += 1) {
      const involvedObject = { kind: 'Pod', namespace: 'shop', name: `web-${index}` };
      trial.write({ reason: `Reason${index}`, involvedObject, message: 'one of many' });
    }
    await trial.settle();
    const streams = await trial.streams();
    t.diagnostic(`${streams} streams, at most ${(await trial.peakMiB()).toFixed()} MiB`);
    assert.ok(streams > 100 && streams <= budget, `${streams} streams`);
    assert.equal(await trial.count('namespace="shop"'), reasons);
    assert.equal(await trial.pushes('4(?:00|29)'), 0);
  });

  test('a reason that is folded is in the metadata', async () => {
    const uid = trial.write({ reason: 'OneTooMany', message: 'folded' });
    await trial.settle();
    const entry = (await trial.stored('reason="__other__"', `| event_uid="${uid}"`)).get(uid);
    assert.equal(entry?.metadata['event_reason'], 'OneTooMany');
  });
});
