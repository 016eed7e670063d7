import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ControlPlane } from '../servers/kubernetes.ts';
import { release, watchOver } from '../servers/warden.ts';

/**
 * Every revision of every event, as kubectl's own watch sees them: an account that owes nothing to the exporter.
 */
export class RevisionLog implements AsyncDisposable {
  /** `uid/resourceVersion` of each revision. */
  readonly seen = new Set<string>();
  readonly #child: ChildProcess;

  constructor(controlPlane: ControlPlane) {
    this.#child = spawn(
      controlPlane.kubectlPath,
      [
        `--kubeconfig=${controlPlane.kubeconfig}`,
        ...['get', 'events', '--all-namespaces', '--watch', '--output-watch-events'],
        '--output=jsonpath={.type} {.object.metadata.uid} {.object.metadata.resourceVersion}{"\\n"}',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (this.#child.pid !== undefined) watchOver(this.#child.pid);
    if (!this.#child.stdout) throw new Error('kubectl has no output');
    createInterface({ input: this.#child.stdout }).on('line', line => {
      const [type, uid, resourceVersion] = line.split(' ');
      if (type === 'ADDED' || type === 'MODIFIED') this.seen.add(`${uid}/${resourceVersion}`);
    });
  }

  /** Those after a resourceVersion. */
  after(resourceVersion: bigint): string[] {
    return [...this.seen].filter(
      revision => BigInt(revision.slice(revision.indexOf('/') + 1)) > resourceVersion,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) return;
    const ended = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
    release(pid);
  }
}
