import type { Plugin } from 'esbuild';

/** Writes the version into the bundle, which has no package.json beside it in the image. */
export function givenVersion(version: string): Plugin {
  return {
    name: 'given-version',
    setup(build) {
      build.onLoad({ filter: /[\\/]exporter[\\/]version\.ts$/ }, () => ({
        contents: `export const version = ${JSON.stringify(version)};`,
      }));
    },
  };
}
