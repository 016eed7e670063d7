import { join } from 'node:path';
import type { ExporterProcess } from '../../servers/exporter.ts';
import { listEvents } from '../listed-event.ts';
import type { Scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

export const restored: readonly Scenario[] = [
  {
    name: 'etcd restored from an older snapshot, and behind the watch',
    async play(trial) {
      await restore(trial, Math.ceil(trial.size.events / 10));
    },
  },
  {
    name: 'etcd restored from an older snapshot, and soon ahead of the watch',
    async play(trial) {
      await restore(trial, trial.size.events, async (exporter, whileFrozen) => {
        if (exporter.pid === undefined) throw new Error('The exporter has ended.');
        process.kill(exporter.pid, 'SIGSTOP');
        await whileFrozen();
        process.kill(exporter.pid, 'SIGCONT');
      });
    },
  },
  {
    // Without the state nobody knows which of the listed revisions were shipped: the numbers say nothing any more.
    name: 'etcd restored from an older snapshot while an exporter with a state directory is down',
    async play(trial) {
      const flags = { '--state-dir': await trial.folder('state') };
      const around = async (exporter: ExporterProcess, whileDown: () => Promise<void>) => {
        await exporter.stop();
        await whileDown();
        await exporter.start();
      };
      await restore(trial, trial.size.events, around, flags);
    },
  },
];

/**
 * Writes, takes a snapshot, writes new events that the restore undoes, restores, and writes others, whose
 * resourceVersions are those of the ones undone.
 *
 * @param after events written after the restore
 * @param around what becomes of the exporter from the restore until they are written
 * @param flags the exporter's
 */
async function restore(
  trial: Trial,
  after: number,
  around: (exporter: ExporterProcess, restored: () => Promise<void>) => Promise<void> = (_, restored) =>
    restored(),
  flags: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { store, servers, api } = trial.controlPlane;
  const exporter = await trial.exporter({ flags });
  await trial.write().done;
  await trial.idle(exporter);
  const snapshot = join(await trial.folder('etcd'), 'snapshot');
  await store.snapshot(snapshot);
  const kept = new Set((await listEvents(api)).map(({ metadata }) => metadata.uid));
  await trial.write({ events: Math.ceil(trial.size.events / 2), bumpsPerEvent: 1 }).done;
  await trial.idle(exporter);
  trial.gone = (await listEvents(api)).filter(({ metadata }) => !kept.has(metadata.uid));
  await around(exporter, async () => {
    await servers.apiServer.kill();
    await store.restore(snapshot);
    await servers.apiServer.start();
    await trial.write({ events: after, bumpsPerEvent: 1 }).done;
  });
  trial.note(`${trial.gone.length} events undone`);
}
