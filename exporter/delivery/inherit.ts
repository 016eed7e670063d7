import { isPassed, type Position } from '../kubernetes/position.ts';
import type { Positions } from './checkpoint.ts';

/**
 * What the sources of now go on with, by name, where those of an earlier run were others: one namespace begins where
 * all had come to, and all begin where the last of the namespaces had. A source that was read itself, and by others
 * since, begins at the later of the two. Sources that are not read now keep their positions, until they are, unless
 * all are read now.
 *
 * A name has its namespace last: `core/v1/events/shop` is a part of `core/v1/events`.
 */
export function inheritPositions(
  positions: Positions = new Map(),
  sources: readonly string[],
): Map<string, Position> {
  const inherited = new Map<string, Position>();
  for (const source of sources) {
    const own = positions.get(source);
    const others = wholeOf(source, positions) ?? lowestPartOf(source, positions);
    const position = own && others && isPassed(own, others) ? others : (own ?? others);
    if (position) inherited.set(source, position);
  }
  for (const [name, position] of positions) {
    const isRead = sources.some(source => name === source || isPartOf(name, source));
    if (!isRead) inherited.set(name, position);
  }
  return inherited;
}

function isPartOf(part: string, whole: string): boolean {
  return part.startsWith(`${whole}/`);
}

function wholeOf(source: string, positions: Positions): Position | undefined {
  for (const [name, position] of positions) if (isPartOf(source, name)) return withoutWitness(position);
  return undefined;
}

function lowestPartOf(source: string, positions: Positions): Position | undefined {
  let lowest: Position | undefined;
  for (const [name, position] of positions) {
    if (isPartOf(name, source) && (!lowest || position.from < lowest.from)) lowest = position;
  }
  return lowest && withoutWitness(lowest);
}

/** Its witness may be none of what is read now. */
function withoutWitness({ witness: _, ...position }: Position): Position {
  return position;
}
