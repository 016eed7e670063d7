import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a condition holds. An exception of it counts as "not yet".
 *
 * @param what shown where it takes too long
 * @throws Error that says what it waited for, with the last exception as its cause
 */
export async function until(
  what: string,
  seconds: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let cause: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}`, { cause });
    await sleep(100);
  }
}
