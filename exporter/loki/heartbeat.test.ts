import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { version } from '../version.ts';
import { decodeEntry } from './decode.ts';
import { encodeHeartbeat } from './heartbeat.ts';
import { heartbeatMetadata } from './schema.ts';

const vitals = { lastFrameAgeSeconds: 3.21, inFlight: 12 };
const options = { job: 'kube-events', cluster: 'prod' };

test('a heartbeat has a stream of its own, and every field of its schema', () => {
  const { stream, timestamp, bytes } = encodeHeartbeat(vitals, options, 1777629900123);
  assert.equal(stream, '{cluster="prod", job="kube-events-heartbeat"}');
  assert.equal(timestamp, 1777629900123000000n);
  const { line, metadata } = decodeEntry(bytes);
  assert.equal(line, 'heartbeat: API server heard 3.2 s ago, 12 in flight');
  assert.deepEqual(metadata, {
    last_frame_age_seconds: '3.2',
    in_flight: '12',
    instance: hostname(),
    version,
    detected_level: 'info',
  });
  assert.deepEqual(Object.keys(metadata), Object.keys(heartbeatMetadata));
});

test('before the first list there is no age, and without a cluster no such label', () => {
  const { stream, bytes } = encodeHeartbeat(
    { lastFrameAgeSeconds: Number.NaN, inFlight: 0 },
    { job: 'events', cluster: undefined },
    0,
  );
  assert.equal(stream, '{job="events-heartbeat"}');
  const { line, metadata } = decodeEntry(bytes);
  assert.equal(line, 'heartbeat: nothing heard of the API server yet, 0 in flight');
  assert.equal(Object.hasOwn(metadata, 'last_frame_age_seconds'), false);
});

test('for a Loki without structured metadata the fields stand in the line', () => {
  const logfmt = decodeEntry(encodeHeartbeat(vitals, { ...options, line: 'logfmt' }, 0).bytes);
  assert.deepEqual(logfmt.metadata, {});
  assert.equal(
    logfmt.line,
    `last_frame_age_seconds=3.2 in_flight=12 instance=${hostname()} version=${version} level=info msg="heartbeat: API server heard 3.2 s ago, 12 in flight"`,
  );
  const json = decodeEntry(encodeHeartbeat(vitals, { ...options, line: 'json' }, 0).bytes);
  assert.deepEqual(json.metadata, {});
  assert.deepEqual(JSON.parse(json.line), {
    last_frame_age_seconds: '3.2',
    in_flight: '12',
    instance: hostname(),
    version,
    level: 'info',
    msg: 'heartbeat: API server heard 3.2 s ago, 12 in flight',
  });
});
