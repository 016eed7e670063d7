import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of npm that some bytes of the bundle come from. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX, as its package.json says. */
  readonly license: string;
  /** Where it is installed. */
  readonly folder: string;
}

/** The packages that are in a bundle, by name; those of which nothing was left are not. */
export async function packagesIn(metafile: Metafile, root: string): Promise<BundledPackage[]> {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const packages = await Promise.all(
    Array.from(folders, async path => {
      const folder = join(root, path);
      const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
        license: string;
      };
      const { name, version, license } = manifest;
      // Grafana's SDK calls itself v0.0.21; npm reads that as 0.0.21.
      return { name, version: version.replace(/^v/, ''), license, folder };
    }),
  );
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}
