/**
 * Writes the dashboards of the default profile to `out/`. `--check` writes nothing and fails where a file is out of
 * step.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { formatDashboard, renderDashboards } from './render.ts';

const out = new URL('out/', import.meta.url);
const files = new Map(
  Array.from(renderDashboards({ profile: 'default' }), ([name, dashboard]) => [
    `${name}.json`,
    formatDashboard(dashboard),
  ]),
);

mkdirSync(out, { recursive: true });
const stale = readdirSync(out).filter(name => !files.has(name));
const changed = [...files].filter(([name, text]) => readText(name) !== text);
if (!process.argv.includes('--check')) {
  for (const [name, text] of changed) writeFileSync(new URL(name, out), text);
} else if (changed.length + stale.length > 0) {
  const names = [...changed.map(([name]) => name), ...stale].join(', ');
  process.stderr.write(`dashboards/out is out of step (${names}): run npm run generate\n`);
  process.exitCode = 1;
}

function readText(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, out), 'utf8');
  } catch {
    return undefined;
  }
}
