import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildServer, hasGoToolchain } from './go-build.ts';

/** Each server's programs, by their usual names. */
export const PROGRAMS = {
  etcd: ['etcd'],
  kubernetes: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'],
  kwok: ['kwok'],
  loki: ['loki', 'logcli', 'lokitool'],
  alertmanager: ['alertmanager', 'amtool'],
  prometheus: ['prometheus', 'promtool'],
  jsonnet: ['jsonnet', 'jsonnetfmt', 'jsonnet-lint'],
  helm: ['helm'],
  compose: ['compose-spec'],
} as const;

/** A real server that tests run against; a folder here pins its version. */
export type Server = keyof typeof PROGRAMS;

/** Paths of a server's programs, by name. */
export type Binaries<S extends Server> = Readonly<Record<(typeof PROGRAMS)[S][number], string>>;

/** In the order in which they are built: the quick ones first. */
export const SERVERS: readonly Server[] = [
  'jsonnet',
  'compose',
  'etcd',
  'kwok',
  'alertmanager',
  'kubernetes',
  'loki',
  'helm',
  'prometheus',
];

// Go names a program after the last element of its package's path.
const BUILT_AS: Readonly<Record<string, string>> = { etcd: 'server', 'compose-spec': 'cmd' };

/** Options of {@link locate}. */
export interface LocateOptions {
  /** Build it with the Go toolchain where it's neither on PATH nor in the cache: minutes. Default true. */
  readonly build?: boolean;
  /** Gets a line of progress whenever there is news of the build. Default: stderr. */
  readonly onProgress?: (line: string) => void;
  /** Default `process.env`; `PATH`, `XDG_CACHE_HOME` and the Go toolchain's own variables are read. */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
}

/**
 * Where a server's programs are: on PATH (all of them, or none is taken), else in the cache, else freshly built.
 * Undefined where none of that is possible.
 *
 * @throws Error when the build fails, with the end of Go's output.
 */
export async function locate<S extends Server>(
  server: S,
  { build = true, onProgress, env = process.env }: LocateOptions = {},
): Promise<Binaries<S> | undefined> {
  const found = onPath(server, env['PATH'] ?? '') ?? inFolder(server, await cacheFolder(server, env));
  if (found !== undefined || !build) return found;
  if (!(await hasGoToolchain(env))) return undefined;
  const folder = await cacheFolder(server, env);
  await buildServer({
    server,
    source: sourceFolder(server),
    target: folder,
    env,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const built = inFolder(server, folder);
  if (built === undefined) {
    throw new Error(`The Go build of ${server} left no ${PROGRAMS[server].join(', ')} in ${folder}.`);
  }
  return built;
}

/** Like {@link locate} with a build, for those who can't go on without. */
export async function needBinaries<S extends Server>(server: S): Promise<Binaries<S>> {
  const found = await locate(server);
  if (found === undefined) throw new Error(howToGet([server]));
  return found;
}

/** Where a server's built programs are cached: a new go.mod or go.sum makes a new folder. */
export async function cacheFolder(server: Server, env: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  const source = sourceFolder(server);
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(source, file)));
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] ?? homedir(), '.cache');
  return join(cache, 'kube-events-loki', 'servers', `${server}-${hash.digest('hex').slice(0, 16)}`);
}

/** What a person can do to get these servers. */
export function howToGet(servers: readonly Server[]): string {
  return (
    `There is no ${servers.join(', ')} here. Install the Go toolchain (1.26 or newer, it's built once), ` +
    `or put ${servers.map(server => PROGRAMS[server].join(', ')).join(', ')} on PATH.`
  );
}

function sourceFolder(server: Server): string {
  return fileURLToPath(new URL(`./${server}/`, import.meta.url));
}

function onPath<S extends Server>(server: S, path: string): Binaries<S> | undefined {
  const folders = path.split(delimiter).filter(folder => folder !== '');
  return collect(server, program => folders.map(folder => join(folder, program)).find(isProgram));
}

function inFolder<S extends Server>(server: S, folder: string): Binaries<S> | undefined {
  return collect(server, program =>
    [join(folder, program), join(folder, BUILT_AS[program] ?? program)].find(isProgram),
  );
}

function collect<S extends Server>(
  server: S,
  find: (program: string) => string | undefined,
): Binaries<S> | undefined {
  const paths = PROGRAMS[server].map(program => [program, find(program)] as const);
  if (paths.some(([, path]) => path === undefined)) return undefined;
  return Object.fromEntries(paths) as Binaries<S>;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
