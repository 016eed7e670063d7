import { once } from 'node:events';
import { runScenario } from '../scenario/run.ts';
import { type ControlPlane, startControlPlane } from './kubernetes.ts';
import { startKwok } from './kwok.ts';
import { startLoki } from './loki.ts';

/** Options of {@link up}. */
export interface UpOptions {
  /** Play the scenario of the tests once everything is up. */
  readonly scenario: boolean;
}

/**
 * Starts the whole stack, says on stdout how to use it, and keeps it until Ctrl-C or SIGTERM; then nothing is left.
 *
 * @throws Error where a server can't be had or doesn't start.
 */
export async function up({ scenario }: UpOptions): Promise<void> {
  const stop = new AbortController();
  const end = once(stop.signal, 'abort');
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
  // The servers don't hold the event loop, so something has to.
  const hold = setInterval(() => undefined, 60_000);
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  try {
    say('Starting Loki');
    await using loki = await startLoki();
    say('Starting the control plane');
    await using controlPlane = await startControlPlane();
    await using kwok = await startKwok(controlPlane);
    process.stdout.write(instructions(controlPlane, loki.url, kwok.nodes));
    if (scenario) {
      const { signal } = stop;
      await runScenario(controlPlane, kwok, { onProgress: say, signal }).catch(error => {
        if (!signal.aborted) throw error;
      });
    }
    await end;
    say('Stopping');
  } finally {
    clearInterval(hold);
  }
}

function instructions(controlPlane: ControlPlane, loki: string, nodes: readonly string[]): string {
  const { kubeconfig, kubectlPath: kubectl } = controlPlane;
  return `
kubeconfig   ${kubeconfig}
API server   ${controlPlane.url}
nodes        ${nodes.join(', ')} (played by kwok)
Loki         ${loki}

  ${kubectl} --kubeconfig ${kubeconfig} get events -A --watch
  ${kubectl} --kubeconfig ${kubeconfig} create deployment hello --image=hello --replicas=3
  npm run -s cli -- run --kubeconfig ${kubeconfig} --loki-url ${loki} --cluster dev \\
    --listen 127.0.0.1:9090 --checkpoint-file ./checkpoint.json

Ctrl-C stops it all and leaves nothing behind.
`;
}
