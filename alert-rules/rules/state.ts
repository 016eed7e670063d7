import type { Ask, Selection } from '../ask.ts';

/**
 * LogQL that has a value for each thing of which one of `began` was said later than one of `ended`: for states that events
 * tell of when they begin and when they end, and not in between.
 * @param window how far back it looks, and so the longest that it holds
 */
export function standing(
  ask: Ask,
  began: Selection,
  ended: Selection,
  by: readonly string[],
  window: string,
): string {
  const begin = ask.last(began, by, window);
  return `${begin} > (${ask.last(ended, by, window)} or ${begin} * 0)`;
}
