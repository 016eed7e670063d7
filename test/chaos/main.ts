import { parseArgs } from 'node:util';
import { formatReport } from './report.ts';
import { runScenarios } from './run.ts';
import { SCENARIOS } from './scenarios.ts';
import { LONG, SHORT } from './size.ts';
import { openStage } from './stage.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    list: { type: 'boolean' },
  },
});
const only = values.only;
const scenarios = SCENARIOS.filter(({ name, longOnly }) =>
  only ? only.some(part => name.includes(part)) : !(values.short && longOnly),
);
if (values.list || scenarios.length === 0) {
  for (const { name } of SCENARIOS) process.stdout.write(`${name}\n`);
  if (!values.list) throw new Error('No scenario has such a name: --only takes a part of one of these.');
} else {
  await runAll();
}

async function runAll(): Promise<void> {
  // The servers don't hold the event loop, so something has to.
  const hold = setInterval(() => undefined, 60_000);
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  try {
    await using stage = await openStage();
    let passed = 0;
    for (const report of runScenarios(scenarios, values.short ? SHORT : LONG, stage)) {
      const of = await report;
      process.stdout.write(`${formatReport(of)}\n`);
      if (of.failures.length === 0) passed += 1;
    }
    process.stdout.write(`${passed} of ${scenarios.length} scenarios passed\n`);
    if (passed < scenarios.length) process.exitCode = 1;
  } finally {
    clearInterval(hold);
  }
}
