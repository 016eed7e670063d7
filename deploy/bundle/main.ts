/** `npm run build`: the one file that the image and the npm package are made of, and what has to go with it, in dist/. */
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

const { bytes, packages } = await bundle(fileURLToPath(new URL('../../dist', import.meta.url)));
process.stdout.write(`dist/: ${(bytes / 1e6).toFixed(1)} MB, with ${packages.length} packages inside\n`);
