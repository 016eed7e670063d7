import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes files that are made from the code. With `--check` on the command line it writes nothing, and the process fails
 * where a file is out of step.
 * @param root the folder that paths are below
 * @param files texts by path
 * @param owned folders in which nothing else may be: what is there besides is removed
 */
export function writeGenerated(
  root: URL,
  files: ReadonlyMap<string, string>,
  owned: readonly string[] = [],
): void {
  const changed = [...files].filter(([path, text]) => textOf(new URL(path, root)) !== text);
  const stale = owned.flatMap(folder => pathsIn(root, folder)).filter(path => !files.has(path));
  if (process.argv.includes('--check')) {
    if (changed.length + stale.length === 0) return;
    const paths = [...changed.map(([path]) => path), ...stale].join(', ');
    process.stderr.write(`${root.pathname}: out of step: ${paths}; run npm run generate\n`);
    process.exitCode = 1;
    return;
  }
  for (const path of stale) rmSync(new URL(path, root));
  for (const [path, text] of changed) {
    mkdirSync(new URL('.', new URL(path, root)), { recursive: true });
    writeFileSync(new URL(path, root), text);
  }
}

function pathsIn(root: URL, folder: string): string[] {
  try {
    const entries = readdirSync(new URL(`${folder}/`, root), { recursive: true, withFileTypes: true });
    return entries
      .filter(entry => entry.isFile())
      .map(entry => `${entry.parentPath}/${entry.name}`.replaceAll('//', '/').slice(root.pathname.length));
  } catch {
    return [];
  }
}

function textOf(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
