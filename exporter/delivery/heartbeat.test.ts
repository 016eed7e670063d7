import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { EncodedEntry } from '../loki/encode.ts';
import { type HeartbeatParts, keepBeating } from './heartbeat.ts';
import type { PushResult, Sink } from './sink.ts';

const accepted: PushResult = { kind: 'accepted' };
const away: PushResult = { kind: 'retry', cause: 'connection', retryAfterMs: undefined, message: 'away' };

let ending: AbortController;
let told: string[];
let made: number;

beforeEach(() => {
  ending = new AbortController();
  told = [];
  made = 0;
});

/** A sink whose pushes end as they are told to. */
function sink(push: (body: string, signal: AbortSignal) => PushResult | Promise<PushResult>): Sink {
  return {
    url: 'http://loki',
    encode: entries => Buffer.from(entries.map(({ stream }) => stream).join()),
    push: async (body, signal) => push(Buffer.from(body).toString(), signal),
    probe: async () => accepted,
    close: async () => {},
  };
}

function beating(sinks: Readonly<Record<string, Sink>>, parts: Partial<HeartbeatParts> = {}): Promise<void> {
  return keepBeating(
    {
      intervalMs: 1,
      sinks: new Map(Object.entries(sinks)),
      mayPush: () => true,
      encode(): EncodedEntry {
        made += 1;
        return { stream: `beat ${made}`, timestamp: 0n, bytes: new Uint8Array() };
      },
      observer: tenant => ({
        taken: () => told.push(`${tenant} taken`),
        lost: message => told.push(`${tenant} lost: ${message}`),
      }),
      ...parts,
    },
    ending.signal,
  );
}

test('every tenant gets each of them, and what one does not take is not sent again', async () => {
  const got: string[] = [];
  await beating({
    a: sink(body => {
      got.push(`a ${body}`);
      if (got.length >= 6) ending.abort();
      return accepted;
    }),
    b: sink(body => {
      got.push(`b ${body}`);
      if (got.length >= 6) ending.abort();
      return body === 'beat 2' ? away : accepted;
    }),
  });
  assert.deepEqual(got.toSorted(), ['a beat 1', 'a beat 2', 'a beat 3', 'b beat 1', 'b beat 2', 'b beat 3']);
  assert.deepEqual(told.toSorted(), [
    ...['a taken', 'a taken', 'a taken'],
    ...['b lost: away', 'b taken', 'b taken'],
  ]);
});

test('a replica that does not lead makes none', async () => {
  let asked = 0;
  await beating(
    { a: sink(() => accepted) },
    {
      mayPush() {
        asked += 1;
        if (asked === 3) ending.abort();
        return asked === 2;
      },
    },
  );
  assert.equal(made, 1);
  assert.deepEqual(told, ['a taken']);
});

test('one that hangs is given up when the next is due, and ends with the exporter', async () => {
  let pushes = 0;
  const hanging = sink(async (_body, signal) => {
    pushes += 1;
    if (pushes === 3) ending.abort();
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
    return { ...away, message: String(signal.reason.name) };
  });
  await beating({ a: hanging });
  assert.deepEqual(told, ['a lost: TimeoutError', 'a lost: TimeoutError', 'a lost: AbortError']);
});

test('a sink that fails altogether ends nothing', async () => {
  let pushes = 0;
  await beating({
    a: sink(() => {
      pushes += 1;
      if (pushes === 2) ending.abort();
      throw new Error('stdout is closed');
    }),
  });
  assert.deepEqual(told, ['a lost: stdout is closed', 'a lost: stdout is closed']);
});
