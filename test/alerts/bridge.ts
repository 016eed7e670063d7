import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answersOk, ServerProcess } from '../servers/process.ts';
import { temporaryFolder } from '../servers/warden.ts';

const main = fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));

/** The bridge, started by its command line. */
export interface RunningBridge extends AsyncDisposable {
  readonly url: string;
  log(): Promise<string>;
}

/**
 * Starts `kube-events-loki notify`.
 *
 * @param port where it listens: those that call it may be there before
 * @param secrets texts of files by name
 * @param configured its configuration, by the folder of the secrets; where it listens is put in
 * @throws Error with the end of its log where it doesn't start
 */
export async function startBridge(
  port: number,
  secrets: Readonly<Record<string, string>>,
  configured: (folder: string) => object,
): Promise<RunningBridge> {
  const folder = temporaryFolder('bridge');
  for (const [name, text] of Object.entries(secrets)) await writeFile(join(folder.path, name), text);
  const listen = `127.0.0.1:${port}`;
  const url = `http://${listen}`;
  const file = join(folder.path, 'notify.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ ...configured(folder.path), listen }));
  const server = new ServerProcess({
    name: 'the bridge',
    command: process.execPath,
    args: [main, 'notify', '--config', file],
    logFile: join(folder.path, 'bridge.log'),
    ready: answersOk(`${url}/readyz`),
    readySeconds: 30,
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
  return { url, log: () => server.log(), [Symbol.asyncDispose]: stop };
}
