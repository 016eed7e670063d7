import { ruler } from './ruler.ts';
import type { Target } from './target.ts';

/** Every target, by the name that `--target` takes. */
export const targets = { ruler } as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
