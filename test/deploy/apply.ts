import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../servers/kubernetes.ts';

/**
 * Applies objects for real: by the server, refusing every field that it doesn't know.
 * @param warnings whether a warning of the API server, as of a Pod that isn't safe enough, is a failure
 * @returns each object's kind, name and resourceVersion, which stays where nothing has changed
 */
export async function applyStrictly(
  controlPlane: ControlPlane,
  manifests: readonly object[],
  { warnings }: { readonly warnings: boolean },
): Promise<string[]> {
  const file = join(controlPlane.folder, `${randomUUID()}.yaml`);
  // Not as a List, of which kubectl checks the items itself, and then not as strictly as the server.
  await writeFile(file, manifests.map(object => JSON.stringify(object)).join('\n---\n'));
  const text = await controlPlane.kubectl([
    'apply',
    '--server-side',
    '--validate=strict',
    `--warnings-as-errors=${warnings}`,
    `--filename=${file}`,
    '--output=jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
  ]);
  return text.trim().split('\n');
}
