import { oomKilled, type Termination } from './termination.ts';

/** The signals that end a program by default, by their numbers on Linux: signal(7). */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

const containerWords = {
  containers: 'Container',
  initContainers: 'Init container',
  ephemeralContainers: 'Ephemeral container',
} as const;

/** A termination message has up to 4,096 bytes; its beginning is enough for a line. */
const maxMessageLength = 1024;

/** What somebody who reads SIGKILL looks for next: the runtime sees only the main process run out of memory. */
const killHint =
  ' (out of memory in a child process, a failed liveness probe, or a grace period that ran out)';

/** A termination in one sentence, and what the container said last. */
export function describeTermination(termination: Termination): string {
  const { list, container, run, exitCode, reason, message, memoryLimit } = termination;
  const outOfMemory = reason === oomKilled;
  const signal = signalOf(termination);
  const killed = signal === 9 && reason === 'Error';
  const facts = [
    `exit code ${exitCode}`,
    signal !== undefined && `${nameOf(signal)}${killed ? killHint : ''}`,
    reason && reason !== 'Error' && !outOfMemory && reason,
    memoryLimit ? `memory limit ${memoryLimit}` : outOfMemory && 'no memory limit',
    `restart count ${run}`,
  ].filter(Boolean);
  const said = message?.trim().slice(0, maxMessageLength).toWellFormed();
  const verb = outOfMemory ? 'was killed for lack of memory' : 'failed';
  return `${containerWords[list]} ${container} ${verb}: ${facts.join(', ')}${said ? `: ${said}` : ''}`;
}

/**
 * The signal that ended it: as the runtime says, or read off an exit code, which shells and runtimes make of it by
 * adding 128.
 */
export function signalOf({ signal, exitCode }: Pick<Termination, 'signal' | 'exitCode'>): number | undefined {
  if (signal) return signal;
  return Object.hasOwn(signals, exitCode - 128) ? exitCode - 128 : undefined;
}

function nameOf(signal: number): string {
  return signals[signal] ?? `signal ${signal}`;
}
