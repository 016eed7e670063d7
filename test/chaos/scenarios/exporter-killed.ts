import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

const KILLS = 10;

export const exporterKilled: readonly Scenario[] = [
  {
    name: 'exporter SIGKILLed ten times',
    play: trial => killRepeatedly(trial, {}),
  },
  {
    name: 'exporter with a state directory SIGKILLed ten times',
    async play(trial) {
      await killRepeatedly(trial, { '--state-dir': await trial.folder('state') });
    },
  },
  {
    name: 'exporter SIGKILLed in its first LIST',
    async play(trial) {
      // More than two pages of 500.
      await trial.write({ events: Math.max(trial.size.events, 1200), bumpsPerEvent: 0, rate: 400 }).done;
      const writer = trial.write({ rate: slowly(trial) });
      const { proxy, kubeconfig } = await trial.watchProxy();
      const inTheMiddle = proxy.stallAfter(600_000);
      const exporter = await trial.exporter({ kubeconfig });
      await inTheMiddle;
      await exporter.kill();
      proxy.resume();
      proxy.slow(2_000_000);
      await exporter.start();
      await writer.done;
      proxy.resume();
    },
  },
  {
    name: 'exporter SIGKILLed when Loki has stored its first push',
    async play(trial) {
      const writer = trial.write({ rate: slowly(trial) });
      await writer.reached(0.4);
      const exporter = await trial.exporter();
      // It shipped counts that it can't tell from new ones, and they rise before it is back.
      await until('Loki has something', trial.size.patienceSeconds, async () => (await trial.stored()) > 0);
      await exporter.kill();
      await sleep(500);
      await exporter.start();
    },
  },
];

/** Writes a second, so that a scenario's writer is busy for at least twelve seconds. */
function slowly({ size }: Trial): number {
  return Math.min(size.rate, (size.events * 3) / 12);
}

async function killRepeatedly(trial: Trial, flags: Readonly<Record<string, string>>): Promise<void> {
  const exporter = await trial.exporter({ flags });
  // Slowly enough that it is still writing at the last of them.
  const writer = trial.write({ rate: Math.min(trial.size.rate, (trial.size.events * 3) / (KILLS * 1.5)) });
  let killed = 0;
  for (; killed < KILLS; killed += 1) {
    await writer.reached((killed + 0.5 + Math.random() * 0.5) / (KILLS + 1));
    await exporter.kill();
    await exporter.start();
    // Sometimes it dies again before it has read anything.
    if (Math.random() < 0.7) await sleep(Math.random() * 500);
  }
  trial.note(`${killed} kills`);
}
