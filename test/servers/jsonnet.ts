import { execFile } from 'node:child_process';
import { needBinaries } from './binaries.ts';

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Folders in which imports are looked for, the last one first. */
  readonly paths?: readonly string[];
  /** Where relative imports begin. */
  readonly folder?: string;
}

/**
 * What a program of jsonnet makes, read as JSON.
 *
 * @throws Error with jsonnet's own words
 */
export async function evaluate(
  program: string,
  { paths = [], folder }: EvaluateOptions = {},
): Promise<unknown> {
  const { jsonnet } = await needBinaries('jsonnet');
  const args = [...paths.flatMap(path => ['-J', path]), '-'];
  const text = await new Promise<string>((resolve, reject) => {
    const child = execFile(jsonnet, args, { maxBuffer: 256 << 20, cwd: folder }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr || error.message));
    });
    // A program can be longer than an argument may be.
    child.stdin?.end(program);
  });
  return JSON.parse(text);
}
