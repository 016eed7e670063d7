import { readFileSync } from 'node:fs';

/** The package's version; in the bundle it is written in. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
