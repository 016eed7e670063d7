import { readFileSync } from 'node:fs';

/** One instruction of a Dockerfile, on one line. */
export interface Instruction {
  readonly name: string;
  readonly args: string;
}

/** The image's Dockerfile. */
export const dockerfile = new URL('../../deploy/container/Dockerfile', import.meta.url);

/** What it says, comments left out. */
export function readDockerfile(file: URL = dockerfile): Instruction[] {
  return readFileSync(file, 'utf8')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      const [, name = '', args = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), args };
    });
}

/** Its stages, each from its `FROM` on. */
export function stagesOf(instructions: readonly Instruction[]): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}

/** The arguments of the only instruction of a name. @throws where there is none, or another one */
export function only(stage: readonly Instruction[], name: string): string {
  const [found, another] = stage.filter(instruction => instruction.name === name);
  if (!found || another) throw new Error(`the stage has ${found ? 'several' : 'no'} ${name}`);
  return found.args;
}
