import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needBinaries } from './binaries.ts';
import { freePort } from './port.ts';
import { answersOk, ServerProcess } from './process.ts';
import { temporaryFolder } from './warden.ts';

/** Options of {@link startAlertmanager}. */
export interface AlertmanagerOptions {
  /** Its configuration, as YAML. */
  readonly config: string;
  /** Files beside the configuration, by name: templates. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A running Alertmanager. */
export interface Alertmanager extends AsyncDisposable {
  readonly url: string;
  /** Path of its command line tool. */
  readonly amtool: string;
  stop(): Promise<void>;
  /** The end of its log. */
  log(): Promise<string>;
}

/**
 * Starts a single Alertmanager on 127.0.0.1, and waits until it takes alerts.
 *
 * @throws Error where there is none to start, or it ends before it's ready.
 */
export async function startAlertmanager({ config, files = {} }: AlertmanagerOptions): Promise<Alertmanager> {
  const { alertmanager, amtool } = await needBinaries('alertmanager');
  const folder = temporaryFolder('alertmanager');
  const url = `http://127.0.0.1:${await freePort()}`;
  const configFile = join(folder.path, 'alertmanager.yaml');
  await writeFile(configFile, config);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const server = new ServerProcess({
    name: 'alertmanager',
    command: alertmanager,
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(folder.path, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      `--web.external-url=${url}`,
      // No cluster of several: it would listen on another port.
      '--cluster.listen-address=',
    ],
    logFile: join(folder.path, 'alertmanager.log'),
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
  return { url, amtool, log: () => server.log(), stop, [Symbol.asyncDispose]: stop };
}
