/** Writes the rules of the default configuration to `out/`, a folder for each target; `--check` writes nothing. */
import { writeGenerated } from '../docs/generated-files.ts';
import { rulesConfigSchema } from './config.ts';
import { renderRules } from './render.ts';
import { filesOf } from './targets/target.ts';
import { targets } from './targets/targets.ts';

const config = rulesConfigSchema.parse({});
const groups = renderRules(config);
const files = Object.entries(targets).flatMap(([name, target]) =>
  Array.from(filesOf(target, groups, config), ([path, text]) => [`out/${name}/${path}`, text] as const),
);
writeGenerated(new URL('./', import.meta.url), new Map(files), ['out']);
