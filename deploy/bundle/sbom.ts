import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BundledPackage } from './packages.ts';

/** The parts of CycloneDX 1.5 that are read here. */
interface Sbom {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string } };
  components: {
    'bom-ref': string;
    scope: string;
    properties: { name: string; value: string }[];
  }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/**
 * The software bill of materials as CycloneDX: npm's, of the lock file, less what is not in the bundle.
 * @param name of the package itself
 * @throws where npm doesn't know a package that is
 */
export async function sbomOf(
  packages: readonly BundledPackage[],
  name: string,
  root: string,
): Promise<string> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 64 << 20 });
  const sbom = JSON.parse(stdout) as Sbom;
  const wanted = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = sbom.components.filter(component => wanted.has(component['bom-ref']));
  if (components.length !== wanted.size) {
    const known = new Set(components.map(component => component['bom-ref']));
    const unknown = [...wanted].filter(reference => !known.has(reference));
    throw new Error(`package-lock.json has no ${unknown.join(', ')}; run npm ci`);
  }
  const { component } = sbom.metadata;
  const own = `${name}@`;
  const dependencies = sbom.dependencies
    .filter(({ ref }) => wanted.has(ref) || ref.startsWith(own))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(other => wanted.has(other)) }));
  // What differs from run to run, and what npm says of an installation rather than of this file, is left out.
  const { serialNumber: _, metadata, ...rest } = sbom;
  const { timestamp: __, ...lasting } = metadata;
  return `${JSON.stringify(
    {
      ...rest,
      metadata: { ...lasting, component: { ...component, name } },
      components: components.map(part => ({ ...part, scope: 'required', properties: [] })),
      dependencies,
    },
    null,
    2,
  )}\n`;
}
