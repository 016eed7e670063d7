import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundledPackage } from './packages.ts';

/** The licences of what is inside, which most of them want to go with every copy. */
export async function licensesOf(packages: readonly BundledPackage[]): Promise<string> {
  const parts = await Promise.all(
    packages.map(async ({ name, version, license, folder }) => {
      const files = (await readdir(folder)).filter(file => /^(?:licen[cs]e|notice|copying)\b/i.test(file));
      const texts = await Promise.all(files.sort().map(file => readFile(join(folder, file), 'utf8')));
      return [`${name} ${version} (${license})`, ...texts.map(text => text.trim())].join('\n\n');
    }),
  );
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return `The packages in kube-events-loki.mjs, with their licences.${rule}${parts.join(rule)}\n`;
}
