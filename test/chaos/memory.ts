import { readFile } from 'node:fs/promises';

/** A process's resident memory in MiB. @throws Error where it doesn't run */
export async function residentMiB(pid: number | undefined): Promise<number> {
  if (pid === undefined) throw new Error('The process has ended.');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`Process ${pid} has no resident memory: it has ended.`);
  return Number(kibibytes) / 1024;
}
