import { join } from 'node:path';
import { needBinaries } from './binaries.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';

/**
 * An etcd on 127.0.0.1, not started yet.
 *
 * @param folder its data and its log go there.
 */
export async function etcd(folder: string): Promise<{ url: string; server: ServerProcess }> {
  const binaries = await needBinaries('etcd');
  const url = `http://127.0.0.1:${await freePort()}`;
  const peers = `http://127.0.0.1:${await freePort()}`;
  const server = new ServerProcess({
    name: 'etcd',
    command: binaries.etcd,
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
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
  return { url, server };
}
