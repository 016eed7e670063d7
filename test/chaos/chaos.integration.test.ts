import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipWithout } from '../servers/require.ts';
import { formatReport, type Report } from './report.ts';
import { runScenarios } from './run.ts';
import { SCENARIOS } from './scenarios.ts';
import { SHORT } from './size.ts';
import { openStage, type Stage } from './stage.ts';

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

// The long form is `npm run test:chaos`.
describe('whatever breaks, nothing is lost and nothing comes twice', { skip }, () => {
  const scenarios = SCENARIOS.filter(({ longOnly }) => !longOnly);
  let stage: Stage;
  let reports: readonly Promise<Report>[] = [];

  before(async () => {
    stage = await openStage();
    reports = runScenarios(scenarios, SHORT, stage);
  });

  after(async () => {
    await Promise.allSettled(reports);
    await stage?.[Symbol.asyncDispose]();
  });

  for (const [index, { name }] of scenarios.entries()) {
    test(name, async t => {
      const report = await reports[index];
      assert.ok(report);
      t.diagnostic(formatReport(report));
      assert.deepEqual(report.failures, []);
    });
  }
});
