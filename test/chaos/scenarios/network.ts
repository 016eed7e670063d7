import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';

const CUTS = 5;

export const network: readonly Scenario[] = [
  {
    name: 'watch stalled, slowed and cut in the middle of frames',
    async play(trial) {
      const { proxy, kubeconfig } = await trial.watchProxy();
      await trial.exporter({ kubeconfig });
      const writer = trial.write();
      await writer.reached(0.2);
      proxy.stall();
      await sleep((trial.size.outageSeconds * 1000) / 3);
      proxy.resume();
      proxy.slow(20_000);
      await sleep((trial.size.outageSeconds * 1000) / 3);
      proxy.resume();
      let cuts = 0;
      const cut = async () => {
        for (; cuts < CUTS; cuts += 1) await proxy.cutAfter(1 + Math.floor(Math.random() * 5000));
      };
      // Where nothing more is written there is nothing more to cut.
      const rest = trial.write();
      await Promise.race([cut(), Promise.all([writer.done, rest.done])]);
      proxy.resume();
      trial.note(`${cuts} cuts`);
      trial.expect(cuts > 0, 'nothing was cut');
    },
  },
  {
    name: 'watch silent for ever, as behind a firewall that forgot it',
    // The watchdog waits until the server should have ended the watch: minutes.
    longOnly: true,
    async play(trial) {
      const { proxy, kubeconfig } = await trial.watchProxy();
      await trial.exporter({ kubeconfig });
      const writer = trial.write();
      await writer.reached(0.3);
      proxy.forget();
    },
  },
  {
    name: 'push stalled, slowed and cut',
    async play(trial) {
      const { proxy, lokiUrl } = await trial.pushProxy();
      await trial.exporter({ lokiUrl });
      const writer = trial.write();
      await writer.reached(0.1);
      proxy.stall();
      await sleep((trial.size.outageSeconds * 1000) / 3);
      proxy.resume();
      proxy.slow(100);
      await sleep((trial.size.outageSeconds * 1000) / 3);
      proxy.resume();
      let cuts = 0;
      for (; cuts < CUTS; cuts += 1) {
        proxy.cut();
        await sleep(300);
      }
      trial.note(`${cuts} cuts`);
    },
  },
  {
    name: "Loki's answers lost after it stored the push",
    async play(trial) {
      const { proxy, lokiUrl } = await trial.pushProxy();
      await trial.exporter({ lokiUrl });
      const writer = trial.write();
      let lost = 0;
      while (writer.progress < 0.9 && lost < 20) {
        await Promise.race([proxy.cutAfter(1), writer.reached(0.9)]);
        lost += 1;
        await sleep(100);
      }
      proxy.resume();
      trial.note(`${lost} answers lost`);
    },
  },
];
