import { setTimeout as sleep } from 'node:timers/promises';
import { residentMiB } from '../memory.ts';
import type { Scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

export const serversKilled: readonly Scenario[] = [
  {
    name: 'Loki SIGKILLed and down for a while',
    async play(trial) {
      await trial.exporter();
      const writer = trial.write();
      await writer.reached(0.2);
      await lokiAway(trial);
    },
  },
  {
    name: 'Loki away longer than the queue holds',
    longOnly: true,
    async play(trial) {
      // A megabyte is the least that a queue may be; the messages are many times that.
      await trial.exporter({
        flags: { '--config': await trial.file('small.yaml', 'queue: {maxBytes: 1048576}\n') },
      });
      const writer = trial.write({ bumpsPerEvent: 1, padding: 8192 });
      await writer.reached(0.1);
      const { pid } = trial.controlPlane.servers.apiServer;
      const before = await residentMiB(pid);
      const away = lokiAway(trial);
      let peak = before;
      const writtenMiB = (trial.size.events * 2 * 8192) / (1 << 20);
      for (let over = false; !over; ) {
        over = await Promise.race([away.then(() => true), sleep(500, false)]);
        peak = Math.max(peak, await residentMiB(pid));
      }
      trial.note(
        `API server ${before.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most, ${writtenMiB.toFixed(0)} MiB written`,
      );
      // Its garbage grows with the writes; a watch that nobody reads would add all of them, decoded, several times over.
      trial.expect(
        peak - before < 150 + writtenMiB / 2,
        `the API server grew by ${(peak - before).toFixed(0)} MiB`,
      );
    },
  },
  {
    name: 'API server SIGKILLed twice',
    async play(trial) {
      const { apiServer } = trial.controlPlane.servers;
      await trial.exporter();
      const writer = trial.write();
      for (const share of [0.25, 0.6]) {
        await writer.reached(share);
        await apiServer.kill();
        await sleep(1000);
        await apiServer.start();
      }
    },
  },
];

async function lokiAway(trial: Trial): Promise<void> {
  await trial.loki.kill();
  await sleep(trial.size.outageSeconds * 1000);
  await trial.loki.start();
}
