import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Termination } from '../../event/termination.ts';
import { KnownTerminations } from './known-terminations.ts';
import { parsePod } from './pod.ts';

/** Run `run` of the container `app`, which ended at this time of a day. */
function failure(run: number, time: string | null = '10:00:00'): Termination {
  const finishedAt = time && `2026-05-01T${time}Z`;
  const [failure] = parsePod({
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
    status: {
      containerStatuses: [
        { name: 'app', restartCount: run, state: { terminated: { exitCode: 1, finishedAt } } },
      ],
    },
  }).failures;
  assert.ok(failure);
  return failure;
}

function knowing(...failures: Termination[]): KnownTerminations {
  const known = new KnownTerminations();
  for (const failure of failures) known.add(failure, 7n);
  return known;
}

test('a later run is news, an earlier one and the same are not', () => {
  const known = knowing(failure(3));
  assert.equal(known.isNews(failure(4, '10:00:05')), true);
  assert.equal(known.isNews(failure(3)), false);
  assert.equal(known.isNews(failure(2, '09:00:00')), false);
});

test('two runs that end within one second are two', () => {
  assert.equal(knowing(failure(0)).isNews(failure(1)), true);
});

test('a count that begins anew is news by its time', () => {
  const known = knowing(failure(6));
  assert.equal(known.isNews(failure(0, '11:00:00')), true);
  known.add(failure(0, '11:00:00'), 8n);
  assert.equal(known.isNews(failure(0, '11:00:00')), false);
  assert.equal(known.isNews(failure(6)), false);
});

test('an end that nobody saw is told by its run alone', () => {
  const known = knowing(failure(3, null));
  assert.equal(known.isNews(failure(3, null)), false);
  assert.equal(known.isNews(failure(4, null)), true);
});

test('a node whose clock is put back loses nothing', () => {
  const known = knowing(failure(1, '10:00:00'), failure(2, '09:30:00'));
  assert.equal(known.isNews(failure(2, '09:30:00')), false);
  assert.equal(known.isNews(failure(1, '10:00:00')), false);
  assert.equal(known.isNews(failure(3, '09:31:00')), true);
});

test('of two accounts the one that knows more counts', () => {
  const known = knowing(failure(3));
  known.merge([
    ['uid-web/app', { revision: 9n, count: 6 }],
    ['uid-other/app', { revision: 9n, count: 1 }],
  ]);
  assert.equal(known.isNews(failure(5, '10:20:00')), false);
  assert.equal(known.isNews(failure(6, '10:20:00')), true);
  known.merge([['uid-web/app', { revision: 2n, count: 1 }]]);
  assert.equal(known.isNews(failure(5, '10:20:00')), false);
  assert.deepEqual(
    [known.size, ...[...known.entries()].map(([key, { count }]) => `${key} ${count}`)],
    [2, 'uid-web/app 6', 'uid-other/app 1'],
  );
});

test('what is known of a Pod goes with it', () => {
  const known = knowing(failure(3));
  const pod = parsePod({
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
    status: { containerStatuses: [{ name: 'app' }, { name: 'other' }] },
  });
  assert.deepEqual(known.delete(pod), ['uid-web/app']);
  assert.deepEqual([known.size, known.isNews(failure(3))], [0, true]);
  assert.deepEqual(known.delete(pod), []);
});
