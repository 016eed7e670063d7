import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { requiredBuiltIns } from './built-ins.ts';
import { kubeConfigOnly } from './client-node.ts';
import { licensesOf } from './licenses.ts';
import { type BundledPackage, packagesIn } from './packages.ts';
import { sbomOf } from './sbom.ts';
import { givenVersion } from './version.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files that a bundle is, by what they are; the image has all but the two that start it for npm. */
export const bundleFiles = {
  /** Everything: all commands, all packages. */
  program: 'kube-events-loki.mjs',
  /** What npm links as `kube-events-loki`; says so where Node is too old for the program. */
  launcher: 'cli.cjs',
  start: 'start.cjs',
  sbom: 'kube-events-loki.cdx.json',
  licenses: 'THIRD-PARTY-LICENSES.txt',
} as const;

/** What became of a bundle. */
export interface Bundle {
  /** The program's size. */
  readonly bytes: number;
  readonly packages: readonly BundledPackage[];
  /** esbuild's account of what went in, and of what is left to import. */
  readonly metafile: Metafile;
}

/**
 * Makes {@link bundleFiles} in a folder, which it empties. The same source makes the same bytes.
 * @throws where anything is imported that can't be put in, as a native module can't
 */
export async function bundle(folder: string): Promise<Bundle> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile, warnings } = await build({
    absWorkingDir: root,
    tsconfig: 'tsconfig.json',
    entryPoints: ['exporter/main.ts'],
    outfile: join(folder, bundleFiles.program),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // CommonJS packages ask for Node's modules by it.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    // Names stay, so that a stack trace says something.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    plugins: [kubeConfigOnly, requiredBuiltIns, givenVersion(manifest.version)],
    metafile: true,
    logLevel: 'silent',
  });
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join('; ')}`);
  const packages = await packagesIn(metafile, root);
  await writeFile(join(folder, bundleFiles.sbom), await sbomOf(packages, manifest.name, root));
  await writeFile(join(folder, bundleFiles.licenses), await licensesOf(packages));
  for (const name of [bundleFiles.launcher, bundleFiles.start]) {
    await copyFile(fileURLToPath(new URL(name, import.meta.url)), join(folder, name));
  }
  const [output] = Object.values(metafile.outputs);
  return { bytes: output?.bytes ?? 0, packages, metafile };
}
