import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { needBinaries } from './binaries.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';

/** An etcd on 127.0.0.1, not started yet; `server.start()` starts it. */
export interface Etcd {
  readonly url: string;
  readonly server: ServerProcess;
  /**
   * Compacts it up to now, as the API server does every five minutes: everything older answers 410 from then on.
   *
   * @returns the revision it was compacted at
   * @throws Error with etcd's own words
   */
  compact(): Promise<bigint>;
  /** Copies its data as a crash at this moment would leave it, and goes on. @param folder must not be there yet */
  snapshot(folder: string): Promise<void>;
  /** Goes back to a {@link snapshot}. The API server has to be restarted then. */
  restore(folder: string): Promise<void>;
}

/**
 * An etcd on 127.0.0.1, not started yet.
 *
 * @param folder its data and its log go there.
 */
export async function etcd(folder: string): Promise<Etcd> {
  const binaries = await needBinaries('etcd');
  const url = `http://127.0.0.1:${await freePort()}`;
  const peers = `http://127.0.0.1:${await freePort()}`;
  const data = join(folder, 'etcd');
  const server = new ServerProcess({
    name: 'etcd',
    command: binaries.etcd,
    args: [
      `--data-dir=${data}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      // Survives the end of the process, not of the machine: all that a test needs, and much faster.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    logFile: join(folder, 'etcd.log'),
    ready: answersOk(`${url}/health`),
  });
  return {
    url,
    server,
    async compact() {
      const { header } = await ask<{ header: { revision: string } }>(`${url}/v3/maintenance/status`, {});
      await ask(`${url}/v3/kv/compaction`, { revision: header.revision, physical: true });
      return BigInt(header.revision);
    },
    async snapshot(copy) {
      await server.kill();
      await cp(data, copy, { recursive: true });
      await server.start();
    },
    async restore(copy) {
      await server.kill();
      await rm(data, { recursive: true });
      await cp(copy, data, { recursive: true });
      await server.start();
    },
  };
}

/** etcd's gRPC API as JSON over HTTP, https://etcd.io/docs/latest/dev-guide/api_grpc_gateway/. */
async function ask<Answer>(url: string, body: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`etcd ${new URL(url).pathname}: ${response.status} ${text}`);
  return JSON.parse(text) as Answer;
}
