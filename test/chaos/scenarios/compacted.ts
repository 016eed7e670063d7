import type { Scenario } from '../scenario.ts';

export const compacted: readonly Scenario[] = [
  {
    name: 'etcd compacted while an exporter with a state directory is down',
    async play(trial) {
      const flags = { '--state-dir': await trial.folder('state') };
      const exporter = await trial.exporter({ flags });
      const writer = trial.write();
      await writer.reached(0.4);
      await exporter.kill();
      await writer.reached(0.7);
      await trial.controlPlane.store.compact();
      await exporter.start();
    },
  },
  {
    name: 'etcd compacted while an exporter without state is down, new events only',
    longOnly: true,
    async play(trial) {
      const exporter = await trial.exporter();
      await trial.write().done;
      await trial.idle(exporter);
      await exporter.stop();
      // Counts that nobody knows can't be told from new ones, so no old event changes here.
      await trial.write({ events: Math.ceil(trial.size.events / 2), bumpsPerEvent: 0 }).done;
      await trial.controlPlane.store.compact();
      await exporter.start();
    },
  },
  {
    name: 'etcd compacted in the middle of a paged LIST',
    async play(trial) {
      // At least three pages of 500.
      const events = Math.max(trial.size.events, 1200);
      await trial.write({ events, bumpsPerEvent: 0, rate: 400 }).done;
      const { proxy, kubeconfig } = await trial.watchProxy();
      const stalled = proxy.stallAfter(100_000);
      const exporter = await trial.exporter({ kubeconfig });
      await stalled;
      // The first page is under way, and the next one will be asked for at a revision that is gone.
      await trial.write({ events: 20, bumpsPerEvent: 0 }).done;
      await trial.controlPlane.store.compact();
      proxy.resume();
      await trial.idle(exporter);
      trial.write({ events: 20 });
    },
  },
  {
    name: 'etcd compacted while the watch is cut',
    longOnly: true,
    async play(trial) {
      const { proxy, kubeconfig } = await trial.watchProxy();
      const exporter = await trial.exporter({ kubeconfig });
      const writer = trial.write();
      await writer.reached(0.4);
      proxy.stall();
      await writer.reached(0.7);
      await trial.controlPlane.store.compact();
      proxy.cut();
      proxy.resume();
      await writer.done;
      await trial.idle(exporter);
    },
  },
];
