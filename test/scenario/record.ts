/** `node test/scenario/record.ts OUT`: plays the scenario and writes what a watch of its events says, a frame a line. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesApi } from '../servers/api.ts';
import { startControlPlane } from '../servers/kubernetes.ts';
import { startKwok } from '../servers/kwok.ts';
import { runScenario } from './run.ts';

/** The recorded scenario is longer than the tests': about 1,500 revisions. */
const SCALE = 1.45;

interface Frame {
  readonly type: string;
  readonly object: { metadata: Record<string, unknown>; reportingInstance?: string };
}

/** Every frame of a core/v1 watch from the beginning, in order, until the signal. */
async function* watchEvents(api: KubernetesApi, signal: AbortSignal): AsyncGenerator<Frame> {
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of api.watch('/api/v1/events?watch=true&resourceVersion=0', signal)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Frame;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return;
  }
  throw new Error('The API server ended the watch before the scenario was over: record again.');
}

/** Without what's half of an event and tells nothing, and without the name of the machine that recorded it. */
function publish(event: Frame['object']): object {
  const { managedFields: _, ...metadata } = event.metadata;
  const reportingInstance = event.reportingInstance?.replace(`-${hostname()}`, '-control-plane');
  return { ...event, metadata, reportingInstance };
}

async function record(out: string): Promise<void> {
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  say('Starting the control plane');
  await using controlPlane = await startControlPlane();
  const stop = new AbortController();
  const file = createWriteStream(`${out}.unfinished`);
  let frames = 0;
  const written = (async () => {
    for await (const { type, object } of watchEvents(controlPlane.api, stop.signal)) {
      file.write(`${JSON.stringify({ type, object: publish(object) })}\n`);
      frames += 1;
    }
  })();
  await using kwok = await startKwok(controlPlane);
  await runScenario(controlPlane, kwok, {
    scale: SCALE,
    onProgress: line => say(`${line}, ${frames} frames`),
  });
  // What is still on its way.
  await sleep(5000);
  stop.abort();
  await written;
  await new Promise(resolve => file.end(() => resolve(undefined)));
  await rename(`${out}.unfinished`, out);
  say(`Wrote ${frames} frames to ${out}`);
}

const [out, ...rest] = process.argv.slice(2);
if (out === undefined || rest.length > 0) {
  process.stderr.write(
    'Usage: node test/scenario/record.ts OUT\nOUT is the file to write, newline-delimited JSON.\n',
  );
  process.exitCode = 2;
} else {
  await record(out);
}
