import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needBinaries } from './binaries.ts';
import type { Sample } from './loki-query.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';
import { temporaryFolder } from './warden.ts';

/** A running Prometheus that scrapes nothing and takes what is written to it. */
export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  /** Where samples are pushed to: its remote-write receiver. */
  readonly writeUrl: string;
  /** A query at a moment, in milliseconds since 1970. @throws Error with its own words */
  query(query: string, at: number): Promise<Sample[]>;
  stop(): Promise<void>;
  /** The end of its log. */
  log(): Promise<string>;
}

/**
 * Starts a Prometheus on 127.0.0.1, in a temporary folder, and waits until it takes samples.
 *
 * @throws Error where there is none to start, or it ends before it's ready.
 */
export async function startPrometheus(): Promise<Prometheus> {
  const { prometheus } = await needBinaries('prometheus');
  const folder = temporaryFolder('prometheus');
  const url = `http://127.0.0.1:${await freePort()}`;
  const configFile = join(folder.path, 'prometheus.yaml');
  await writeFile(configFile, '{}');
  const server = new ServerProcess({
    name: 'prometheus',
    command: prometheus,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--web.enable-remote-write-receiver',
    ],
    logFile: join(folder.path, 'prometheus.log'),
    ready: answersOk(`${url}/-/ready`),
  });
  async function stop(): Promise<void> {
    await server.stop();
    await folder.remove();
  }
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    writeUrl: `${url}/api/v1/write`,
    query: (query, at) => ask(url, query, at),
    log: () => server.log(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function ask(url: string, query: string, at: number): Promise<Sample[]> {
  const parameters = new URLSearchParams({ query, time: String(at / 1000) });
  const response = await fetch(`${url}/api/v1/query?${parameters}`, { signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${query}: ${response.status} ${text}`);
  const { data } = JSON.parse(text) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/**
 * Runs promtool on files, in a folder of their own.
 *
 * @param files texts by name
 * @returns all that it says
 * @throws Error with that where it fails
 */
export async function promtool(
  args: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const { promtool: program } = await needBinaries('prometheus');
  const folder = temporaryFolder('promtool');
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
    return await new Promise((resolve, reject) => {
      execFile(program, args, { cwd: folder.path }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout + stderr);
        else reject(new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`));
      });
    });
  } finally {
    await folder.remove();
  }
}
