import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';
import { temporaryFolder } from './warden.ts';

/** Options of {@link startNotify}. */
export interface NotifyOptions {
  /** Its configuration without `listen`; `urlFile: url` and the like name files of `files`. */
  readonly config: { readonly receivers: readonly object[]; readonly [key: string]: unknown };
  /** Files beside the configuration, by name; `FOLDER/` in the configuration is where they are. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where it listens, for those that call it and are there before; a free port by default. */
  readonly port?: number;
}

/** The running bridge. */
export interface Notify extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Writes one of its files anew. */
  write(name: string, text: string): Promise<void>;
  stop(): Promise<void>;
  /** The end of its log. */
  log(): Promise<string>;
}

/**
 * Starts `kube-events-loki notify` on 127.0.0.1, and waits until it takes alerts.
 *
 * @throws Error where it ends before it's ready.
 */
export async function startNotify({ config, files = {}, port }: NotifyOptions): Promise<Notify> {
  const folder = temporaryFolder('notify');
  const listen = `127.0.0.1:${port ?? (await freePort())}`;
  const url = `http://${listen}`;
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  // JSON is YAML.
  await write('notify.yaml', JSON.stringify({ listen, ...config }).replaceAll('FOLDER/', `${folder.path}/`));
  const main =
    process.env['KUBE_EVENTS_TEST_EXPORTER'] ||
    fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));
  const server = new ServerProcess({
    name: 'notify',
    command: process.execPath,
    args: [main, 'notify', '--config', join(folder.path, 'notify.yaml')],
    logFile: join(folder.path, 'notify.log'),
    ready: answersOk(`${url}/readyz`),
    readySeconds: 30,
    // Longer than its own time to drain.
    stopSeconds: 30,
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
  return { url, write, log: () => server.log(), stop, [Symbol.asyncDispose]: stop };
}
