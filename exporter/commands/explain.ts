import { explainReason, listReasons } from '../event/reasons/explain.ts';

/**
 * `explain`: what an event's reason means and what to check first; all reasons by component where none is given.
 * @returns the exit code: 1 for a reason that isn't known
 */
export function explain(
  reason: string | undefined,
  output: { write(text: string): unknown } = process.stdout,
): number {
  if (reason === undefined) {
    output.write(listReasons());
    return 0;
  }
  const { known, text } = explainReason(reason);
  output.write(text);
  return known ? 0 : 1;
}
