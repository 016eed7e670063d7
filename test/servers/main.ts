/** `npm run servers -- <verb>`: the real servers of the tests, for a person. */
import { Command } from 'commander';
import { howToGet } from './binaries.ts';
import { buildAll } from './build.ts';
import { up } from './up.ts';

const program = new Command('npm run servers --')
  .description('The real servers that the tests run against, each pinned by the go.mod of its folder.')
  .showHelpAfterError('Say one of the verbs: up, build.')
  .showSuggestionAfterError();

program
  .command('up')
  .description('start a control plane with two nodes and Loki, and keep them until Ctrl-C')
  .option('--scenario', 'also play the scenario of the tests, so that there are events to see')
  .action(async ({ scenario = false }: { scenario?: boolean }) => up({ scenario }));

program
  .command('build')
  .description('build what is neither on PATH nor built before (needs Go, takes some minutes once)')
  .action(async () => {
    const missing = await buildAll();
    if (missing.length === 0) process.stderr.write('All servers are ready to start.\n');
    else program.error(howToGet(missing), { exitCode: 1 });
  });

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
