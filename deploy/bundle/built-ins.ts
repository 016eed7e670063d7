import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Has Node's own modules required instead of imported. An import reads every export of them at once, and the ones of
 * `node:http` that are made on demand load a second undici: a fifth of a start.
 */
export const requiredBuiltIns: Plugin = {
  name: 'required-built-ins',
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?[a-z_]+(?:\/[a-z_]+)*$/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path)
        ? { path: path.replace(/^node:/, ''), namespace: 'built-in' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = require('node:${path}');`,
    }));
  },
};
