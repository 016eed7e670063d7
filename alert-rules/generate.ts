/**
 * Writes the rules of the default configuration to `out/`. `--check` writes nothing and fails where a file is out of step.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { rulesConfigSchema } from './config.ts';
import { renderRules } from './render.ts';
import { filesOf } from './targets/target.ts';
import { targets } from './targets/targets.ts';

const out = new URL('out/', import.meta.url);
const config = rulesConfigSchema.parse({});
const groups = renderRules(config);
const files = new Map<string, string>(
  Object.entries(targets).flatMap(([name, target]) =>
    Array.from(filesOf(target, groups, config), ([path, text]) => [`${name}/${path}`, text] as const),
  ),
);

mkdirSync(out, { recursive: true });
const stale = readdirSync(out, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => `${entry.parentPath}/${entry.name}`.slice(out.pathname.length).replace(/^\/+/, ''))
  .filter(name => !files.has(name));
const changed = [...files].filter(([name, text]) => readText(name) !== text);
if (!process.argv.includes('--check')) {
  for (const name of stale) rmSync(new URL(name, out));
  for (const [name, text] of changed) {
    mkdirSync(new URL(`${dirname(name)}/`, out), { recursive: true });
    writeFileSync(new URL(name, out), text);
  }
} else if (changed.length + stale.length > 0) {
  const names = [...changed.map(([name]) => name), ...stale].join(', ');
  process.stderr.write(`alert-rules/out is out of step (${names}): run npm run generate\n`);
  process.exitCode = 1;
}

function readText(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, out), 'utf8');
  } catch {
    return undefined;
  }
}
