import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** What `KubeConfig` imports of the generated API, to make clients of it; nobody here asks it for one. */
const stubs = ['createConfiguration', 'ServerConfiguration', 'of'];

/**
 * Takes of client-node `KubeConfig` and what it authenticates with, and leaves out the rest: the generated API alone is as
 * large as the exporter. An import of anything else fails the build, by its name.
 */
export const kubeConfigOnly: Plugin = {
  name: 'kube-config-only',
  setup(build) {
    const index = import.meta.resolve('@kubernetes/client-node');
    const config = fileURLToPath(new URL('config.js', index));
    build.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: config, sideEffects: false }));
    build.onResolve({ filter: /^\.\/gen\// }, ({ importer }) =>
      importer.includes('client-node') ? { path: 'generated API', namespace: 'left-out' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: [
        "function leftOut() { throw new Error('client-node’s generated API is not in this bundle'); }",
        `export { ${stubs.map(name => `leftOut as ${name}`).join(', ')} };`,
      ].join('\n'),
    }));
  },
};
