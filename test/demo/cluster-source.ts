import { copyFile } from 'node:fs/promises';
import type { EventObject } from '../fakes/frame.ts';
import { freeze, runScenario } from '../scenario/run.ts';
import { startControlPlane } from '../servers/kubernetes.ts';
import { startKwok } from '../servers/kwok.ts';
import { expectList } from './expectation.ts';
import type { Source } from './source.ts';

/** Half of the tests' scenario: a minute. */
const scale = 0.5;

/**
 * A real control plane with two kwok nodes, in which much goes wrong for a minute.
 *
 * @param note is told what takes a while
 */
export async function openClusterSource(note: (text: string) => void): Promise<Source> {
  note('starting a control plane');
  await using stack = new AsyncDisposableStack();
  const controlPlane = stack.use(await startControlPlane());
  const kwok = stack.use(await startKwok(controlPlane));
  const up = stack.move();
  return {
    name: 'real control plane',
    description: 'etcd, API server, controllers, two kwok nodes',
    url: controlPlane.url,
    total: undefined,
    writeKubeconfig: file => copyFile(controlPlane.kubeconfig, file),
    play: async note => {
      await runScenario(controlPlane, kwok, { scale, onProgress: note });
      // From here on a list stays true, so that it can be compared with what arrived.
      await freeze(controlPlane, kwok);
    },
    expect: async () => {
      const { items } = await controlPlane.api.get<{ items: EventObject[] }>('/api/v1/events');
      return expectList(items);
    },
    stop: () => up.disposeAsync(),
  };
}
