import type { Report } from './report.ts';
import type { Scenario } from './scenario.ts';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';
import { Trial } from './trial.ts';
import { deleteEvents } from './writer.ts';

/**
 * Runs scenarios one after the other on the same servers. While the sum of one settles the next one runs already.
 *
 * @returns what comes of each; rejected where the servers don't even let it begin
 */
export function runScenarios(scenarios: readonly Scenario[], size: Size, stage: Stage): Promise<Report>[] {
  let turn: Promise<unknown> = Promise.resolve();
  return scenarios.map(({ name, play }, index) => {
    const played = turn.then(async () => {
      await deleteEvents(stage.controlPlane.api);
      // A cluster of its own in the same Loki.
      return new Trial(name, `chaos-${process.pid}-${index}`, size, stage).run(play);
    });
    turn = played.catch(() => undefined);
    const report = played.then(finish => finish());
    // Each is waited for in its turn; until then its failure isn't an unhandled one.
    report.catch(() => undefined);
    return report;
  });
}
