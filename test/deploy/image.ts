import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '../../deploy/bundle/bundle.ts';
import { ServerProcess } from '../servers/process.ts';
import { only, readDockerfile, stagesOf } from './dockerfile.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Why no image can be run here, for node:test's `skip`. */
export const noImage: string | false =
  process.platform === 'linux' && process.getuid?.() === 0
    ? false
    : 'only root on Linux can give a process another root file system and another user';

/** How {@link Image.container} is run. */
export interface ContainerOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that stands at /state and can be written, as an emptyDir is. */
  readonly state?: string;
  readonly logFile: string;
  readonly ready: () => Promise<boolean>;
}

// What a container runtime does: a read-only root file system with /proc, /dev and a volume in it, and of the environment
// only what it is given. The user, who has no capability, comes with chroot.
const runtime = `
set -e
root=$1 state=$2; shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
[ -z "$state" ] || mount --bind "$state" "$root/state"
exec env -i "$@"`;

/**
 * The image of deploy/container/Dockerfile without a container engine: its last stage, laid out by the same script and filled
 * with the same bundle, and run as a runtime would.
 */
export class Image {
  /** The folder of its root file system. */
  readonly root: string;
  readonly user: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;

  private constructor(root: string, { user, command, env }: Pick<Image, 'user' | 'command' | 'env'>) {
    this.root = root;
    this.user = user;
    this.command = command;
    this.env = env;
  }

  /** @param folder where it is made; it must exist */
  static async make(folder: string): Promise<Image> {
    const last = stagesOf(readDockerfile()).at(-1) ?? [];
    const root = join(folder, 'root');
    const dist = join(folder, 'dist');
    await bundle(dist);
    const layOut = join(repository, 'deploy/container/root.sh');
    await promisify(execFile)('sh', [layOut, await realpath(process.execPath), root]);
    for (const { name, args } of last) {
      const [from, ...paths] = args.split(' ');
      const target = paths.pop() ?? '';
      if (name !== 'COPY' || from !== '--from=build') continue;
      await mkdir(join(root, target), { recursive: true });
      for (const path of paths) {
        const source = path.startsWith('/src/dist/')
          ? join(dist, basename(path))
          : path.replace('/src', repository);
        await copyFile(source, join(root, target, basename(path)));
      }
    }
    for (const mountPoint of ['proc', 'dev', 'state']) await mkdir(join(root, mountPoint));
    await chmod(root, 0o755);
    const env = only(last, 'ENV')
      .split(' ')
      .map(pair => pair.split('='));
    return new Image(root, {
      user: only(last, 'USER'),
      command: JSON.parse(only(last, 'ENTRYPOINT')),
      env: Object.fromEntries(env),
    });
  }

  /** Puts a file where a runtime would mount it, readable by all. */
  async mount(path: string, content: string): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o644 });
  }

  /** A process in it that serves; `start()` runs it. */
  container({ name, args, env, state, logFile, ready }: ContainerOptions): ServerProcess {
    return new ServerProcess({
      ...{ name, logFile, ready, readySeconds: 30 },
      ...this.#invocation(args, env, state),
    });
  }

  /**
   * Runs a command in it to its end.
   * @returns what it says on stdout
   * @throws with its code, stdout and stderr where that is not 0
   */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const invocation = this.#invocation(args, env);
    return (await promisify(execFile)(invocation.command, invocation.args)).stdout;
  }

  #invocation(args: readonly string[], env: Readonly<Record<string, string>> = {}, state = '') {
    const command = [
      ...Object.entries({ ...this.env, ...env }).map(pair => pair.join('=')),
      ...['chroot', `--userspec=${this.user}`, this.root, ...this.command, ...args],
    ];
    return { command: 'unshare', args: ['--mount', 'sh', '-c', runtime, 'sh', this.root, state, ...command] };
  }
}
