import { fileURLToPath } from 'node:url';
import type { Scenario } from '../scenario.ts';

const MINUTE_MS = 60_000;

/** Of the events' writers, one after the other. */
const OFFSETS_MS = [0, 30 * MINUTE_MS, 0, -30 * MINUTE_MS, 0, -210 * MINUTE_MS];

export const clocks: readonly Scenario[] = [
  {
    name: 'event times half an hour ahead and behind, and three and a half behind',
    async play(trial) {
      const exporter = await trial.exporter();
      // Each stream has entries of now first, so that the others are behind them.
      await trial.write({ events: 60, bumpsPerEvent: 0 }).done;
      await trial.idle(exporter);
      trial.write({ clockMs: n => OFFSETS_MS[n % OFFSETS_MS.length] ?? 0 });
    },
  },
  ...[30, -30].map(
    minutes =>
      ({
        name: `exporter's clock half an hour ${minutes > 0 ? 'ahead' : 'behind'}`,
        async play(trial) {
          const preload = fileURLToPath(new URL('../clock.ts', import.meta.url));
          const exporter = await trial.exporter({
            nodeArgs: ['--import', preload],
            env: { KUBE_EVENTS_TEST_CLOCK_MS: String(minutes * MINUTE_MS) },
          });
          const writer = trial.write();
          await writer.reached(0.5);
          await exporter.kill();
          await exporter.start();
        },
      }) satisfies Scenario,
  ),
];
