import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needBinaries } from '../servers/binaries.ts';
import { freePort } from '../servers/port.ts';
import { answersOk, ServerProcess } from '../servers/process.ts';
import { temporaryFolder } from '../servers/warden.ts';
import { composeFile, projectFolder } from './compose-project.ts';

/** Loki with the configuration that compose gives it. */
export interface ComposeLoki extends AsyncDisposable {
  readonly url: string;
  /** What it says of its own configuration, as YAML. */
  config(): Promise<string>;
}

/**
 * Starts Loki with compose's configuration and the rules that compose mounts: only its folders and ports are others, and it
 * doesn't wait for what a process that is alone has no need of.
 *
 * @throws Error where there is none to start, or it ends before it's ready
 */
export async function startComposeLoki(): Promise<ComposeLoki> {
  const { loki } = await needBinaries('loki');
  const folder = temporaryFolder('compose-loki');
  const rules = join(folder.path, 'rules');
  await mkdir(rules);
  await cp(join(projectFolder, 'alert-rules/out/ruler'), join(rules, 'fake'), { recursive: true });
  const file = join(folder.path, 'loki.yaml');
  await writeFile(file, adapted(folder.path, rules));
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = new ServerProcess({
    name: 'loki of compose',
    command: loki,
    args: [
      `-config.file=${file}`,
      '-config.expand-env=true',
      '-server.http-listen-address=127.0.0.1',
      `-server.http-listen-port=${new URL(url).port}`,
      '-server.grpc-listen-address=127.0.0.1',
      `-server.grpc-listen-port=${await freePort()}`,
      '-ingester.min-ready-duration=0s',
      '-frontend.scheduler-dns-lookup-period=250ms',
      '-querier.dns-lookup-period=250ms',
    ],
    // Nobody is there; alerts are lost.
    env: { ALERTMANAGER_URL: `http://127.0.0.1:${await freePort()}` },
    logFile: join(folder.path, 'loki.log'),
    ready: answersOk(`${url}/ready`),
  });
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    config: async () => (await fetch(`${url}/config`, { signal: AbortSignal.timeout(15_000) })).text(),
    [Symbol.asyncDispose]: stop,
  };
}

/** The configuration with its folders below another. */
function adapted(folder: string, rules: string): string {
  return composeFile('loki.yaml')
    .replaceAll('/etc/loki/rules', rules)
    .replaceAll(/(?<=[ :])\/loki(?=[/\n}])/g, join(folder, 'data'));
}
