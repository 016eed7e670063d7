import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { RandomEvents } from '../conformance/random-events.ts';
import { skipWithout } from '../servers/require.ts';
import { hostileTexts, lineOf, malformedLines } from './hostile-frames.ts';
import { HostileTrial } from './hostile-trial.ts';

const mebibyte = 1 << 20;

/**
 * Of a process that has 180 MiB when it begins, and 64 MiB of queue. Several times more than this goes through it, and
 * twice as much at once would show.
 */
const maxPeakMiB = 560;

/** A body of so many mebibytes. */
const mebibytes = (count: number) => (): Generator<Buffer> => {
  const piece = Buffer.alloc(mebibyte, '{"items": [ ');
  return (function* () {
    for (let sent = 0; sent < count; sent += 1) yield piece;
  })();
};

const bomb = (): Buffer => gzipSync(Buffer.alloc(300 * mebibyte, '\n'));

/** Set it to repeat a run that failed. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const skip = await skipWithout('loki');

describe('an API server that sends anything, and a real Loki', { skip }, () => {
  let trial: HostileTrial;

  before(async () => {
    // Room for every label, because what is folded can't be compared.
    trial = await HostileTrial.prepare('cardinality: {namespaces: 100, kinds: 500, reasons: 900}');
  });

  after(async () => trial?.[Symbol.asyncDispose]());

  test('a first list that is an error of 200 MB, a gzip bomb, null and endless, and then true', async t => {
    const { api } = trial;
    api.answerNext(1, { status: 500, pieces: mebibytes(200) }, 'list');
    api.answerNext(
      1,
      { status: 200, headers: { 'content-encoding': 'gzip' }, pieces: () => [bomb()] },
      'list',
    );
    api.answerNext(1, { status: 200, body: 'null' }, 'list');
    // A page that is too large is asked for with 500 items, 63, 8, and 1.
    api.answerNext(4, { status: 200, pieces: mebibytes(2000) }, 'list');
    const uids = Array.from({ length: 40 }, () => {
      const message = 'm'.repeat(1_400_000);
      return trial.write({ reason: 'Listed', involvedObject: { kind: 'Pod', name: 'a' }, message });
    });
    await trial.exporter.start();
    await trial.settle();
    assert.equal(await trial.count('reason="Listed"'), 40);
    const log = await trial.log();
    for (const words of ['the list is not JSON', 'the list carries no resourceVersion', 'larger than']) {
      assert.ok(log.includes(words), words);
    }
    await assertBounded(t);
    await trial.expire(uids);
  });

  test('texts of any content arrive as they are, and what is no text is marked', async () => {
    const uids = hostileTexts.map(text => {
      const metadata = trial.metadata();
      return trial.write({ reason: 'Text' }, metadata, lineOf(metadata, text));
    });
    await trial.settle();
    const entries = await trial.stored('namespace="shop", reason!="Listed"');
    for (const [index, { name, stored }] of hostileTexts.entries()) {
      const entry = entries.get(uids[index] ?? '');
      assert.ok(entry, `${name}: not stored`);
      const { labels, metadata, line } = entry;
      const label = stored.replaceAll('\ufffd', '?');
      assert.equal(line, `${stored}/${stored}: ${stored}`, name);
      assert.deepEqual([labels['kind'], labels['reason']], [label, label], name);
      // Loki puts a space in the place of U+FFFD in structured metadata.
      const value = stored.replaceAll('\ufffd', ' ');
      assert.deepEqual(
        [metadata['name'], metadata['action'], metadata['component']],
        [value, value, value],
        name,
      );
    }
  });

  test('100 messages of 1.4 MB are cut to what Loki takes', async t => {
    const message = `${'é'.repeat(350_000)}${'m'.repeat(700_000)}`;
    const uids = Array.from({ length: 100 }, () => {
      return trial.write({ reason: 'Large', involvedObject: { kind: 'Pod', name: 'a' }, message });
    });
    await trial.settle();
    assert.equal(await trial.count('reason="Large"'), 100);
    for (const uid of [uids[0], uids[50], uids[99]]) {
      const { line = '' } =
        (await trial.stored('reason="Large"', `| event_uid="${uid}"`)).get(uid ?? '') ?? {};
      assert.match(line, /^Pod\/a: é+… \[\d+ bytes cut\]$/);
      const [, missing] = /\[(\d+) bytes cut\]$/.exec(line) ?? [];
      const kept = Buffer.byteLength(line.slice(0, line.lastIndexOf('…')));
      assert.equal(kept + Number(missing), Buffer.byteLength(`Pod/a: ${message}`));
    }
    await assertBounded(t);
    await trial.expire(uids);
  });

  test('labels of 3,000 characters', async () => {
    const long = 'é'.repeat(3000);
    const cut = `${'é'.repeat(1022)}…`;
    const fields = {
      type: long,
      reason: long,
      message: 'long',
      involvedObject: { kind: long, name: long, uid: long },
      source: { component: long, host: long },
      action: long,
    };
    const uid = trial.write(fields, trial.metadata(long));
    await trial.settle();
    const entry = (await trial.stored('type="__other__"')).get(uid);
    assert.ok(entry);
    const { labels, metadata, line } = entry;
    assert.deepEqual([labels['namespace'], labels['kind'], labels['reason']], Array(3).fill('__other__'));
    const names = ['namespace', 'kind', 'reason', 'type'].map(name => `event_${name}`);
    names.push('name', 'component', 'node', 'action', 'object_uid');
    assert.deepEqual(
      names.map(name => metadata[name]),
      names.map(() => cut),
    );
    assert.equal(line, `${long}/${long}: long`);
  });

  test(`2,000 events with anything in any field (FUZZ_SEED=${seed})`, async () => {
    const random = new RandomEvents(seed);
    const now = () => ({ lastTimestamp: new Date().toISOString(), series: null });
    const uids = Array.from({ length: 2000 }, () => {
      const event = random.event() as unknown as Record<string, unknown>;
      // Through JSON, as a key of its own that is `__proto__` comes.
      const fields = JSON.parse(JSON.stringify(event));
      return trial.write({ ...fields, ...now() }, trial.metadata('random'));
    });
    await trial.settle();
    const stored = await trial.stored('namespace="random"');
    assert.deepEqual(
      uids.filter(uid => !stored.has(uid)),
      [],
    );
  });

  test('frames that are split at every one of their bytes', async () => {
    const fields = {
      reason: 'Split',
      involvedObject: { kind: 'Pod', name: 'é€𝄞' },
      message: 'größer → 日本 🚀',
    };
    const frame = () => {
      const metadata = trial.metadata('größe');
      return {
        metadata,
        line: Buffer.from(`${JSON.stringify({ type: 'ADDED', object: { ...fields, metadata } })}\n`),
      };
    };
    const { length } = frame().line;
    const uids: string[] = [];
    for (let at = 1; at < length; at += 1) {
      const { metadata, line } = frame();
      uids.push(metadata.uid);
      await trial.sendSplit(line, at);
    }
    await assertAlive();
    const stored = await trial.stored('reason="Split"');
    assert.deepEqual([...stored.keys()].sort(), uids);
    for (const { line, labels } of stored.values()) {
      assert.deepEqual([line, labels['namespace']], ['Pod/é€𝄞: größer → 日本 🚀', 'größe']);
    }
  });

  test('a connection that breaks in the middle of a frame', async () => {
    for (const message of ['before', 'after']) {
      await trial.endWatch();
      trial.write({ reason: 'Cut', message });
      await trial.settle();
      trial.api.cutWatches();
    }
    await assertAlive();
    assert.equal((await trial.stored('reason="Cut"')).size, 2);
  });

  test('a connection that breaks after an event of a namespace that can be none', async () => {
    await trial.endWatch();
    for (const namespace of ['é'.repeat(3000), '../../pods?a=b#\n']) {
      trial.write({ reason: 'Placed', message: namespace }, trial.metadata(namespace));
      await trial.settle();
      trial.api.cutWatches();
      await assertAlive();
    }
    const metrics = await trial.exporter.metrics();
    assert.equal(metrics.sum('kube_events_gap_seconds_total'), 0);
  });

  test('a line of 100 MB is passed over, with its end and without', async t => {
    const start = Buffer.from('{"type":"ADDED","object":{"message":"');
    const long = Buffer.concat([start, Buffer.alloc(100 * mebibyte, 'x'), Buffer.from('"}}\n')]);
    await trial.sendMalformed([long]);
    await trial.settle();
    await trial.endWatch();
    await trial.api.injectBytes(long.subarray(0, -1));
    // A watch that ends within a second counts as one that failed.
    await sleep(1100);
    trial.api.endWatches();
    await assertAlive();
    await assertBounded(t);
  });

  test('errors of 200 MB and gzip bombs in the place of a watch', async t => {
    const { api } = trial;
    await trial.endWatch();
    await sleep(1100);
    const zipped = bomb();
    api.answerNext(1, { status: 500, pieces: mebibytes(200) }, 'watch');
    api.answerNext(
      1,
      { status: 500, headers: { 'content-encoding': 'gzip' }, pieces: () => [zipped] },
      'watch',
    );
    api.answerNext(
      1,
      { status: 200, headers: { 'content-encoding': 'gzip' }, pieces: () => [zipped] },
      'watch',
    );
    // Nobody has asked for compression, so the bytes are taken as they come.
    trial.junk += zipped
      .toString('latin1')
      .split('\n')
      .slice(0, -1)
      .filter(line => line !== '').length;
    api.endWatches();
    await assertAlive();
    await assertBounded(t);
  });

  test('an ERROR frame that is large and wrong is told in few words, and waited for no longer than minutes', async () => {
    const object = {
      code: {},
      reason: ['x'],
      message: 'the end of the watch '.repeat(500_000),
      details: { causes: 5, retryAfterSeconds: -1 },
    };
    await trial.endWatch();
    trial.api.injectLine(JSON.stringify({ type: 'ERROR', object }));
    await sleep(100);
    trial.api.endWatches();
    await assertAlive();
    const lines = (await trial.log()).split('\n');
    assert.ok(lines.some(line => line.includes('the end of the watch')));
    assert.ok(lines.every(line => line.length < 3000));
  });

  test('10,000 lines that are no frames', async t => {
    await trial.sendMalformed(malformedLines(10_000));
    await trial.settle();
    await assertAlive();
    await assertBounded(t);
  });

  test('a restart goes on where it was', async () => {
    await trial.exporter.kill();
    await trial.exporter.start();
    const uid = trial.write({ reason: 'Restarted', message: 'back' });
    await trial.until('it is stored', async () => (await trial.stored('reason="Restarted"')).has(uid));
    const { received, left } = await trial.exporter.counts();
    assert.deepEqual([received, left], [1, 0]);
  });

  test('Loki refused nothing, and nothing was dropped or sent twice', async t => {
    assert.equal(await trial.pushes('400'), 0);
    t.diagnostic(
      `${await trial.pushes('204')} pushes of ${trial.written} events, ${trial.junk} lines were none`,
    );
    const faults = (await trial.log()).split('\n').filter(line => /"level":"(?:error|fatal)"/.test(line));
    assert.deepEqual(faults, []);
  });

  /** A frame goes through, so the exporter still reads. */
  async function assertAlive(): Promise<void> {
    const uid = trial.write({ reason: 'Alive', message: 'still here' });
    await trial.settle();
    assert.ok((await trial.stored('reason="Alive"')).has(uid));
  }

  async function assertBounded(t: { diagnostic(text: string): void }): Promise<void> {
    const peak = await trial.peakMiB();
    t.diagnostic(`at most ${peak.toFixed()} MiB`);
    assert.ok(peak < maxPeakMiB, `${peak} MiB`);
  }
});
