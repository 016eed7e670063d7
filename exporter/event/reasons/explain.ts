import { REASONS } from './catalogue.ts';
import { FORMER_REASONS, type FormerReason } from './gone.ts';
import type { EventReason } from './reason.ts';

/** What a person is told of a reason. */
export interface Explanation {
  /** Whether the reason is one that is known, gone ones among them. */
  readonly known: boolean;
  /** Lines, the last one ended. */
  readonly text: string;
}

/** What an event's reason means and what to check first; case and anything but letters and digits don't matter. */
export function explainReason(reason: string): Explanation {
  const key = keyOf(reason);
  const entries = current.get(key);
  if (entries) return { known: true, text: entries.map(describe).join('\n') };
  const former = gone.get(key);
  if (former) return { known: true, text: describeFormer(former) };
  return { known: false, text: describeUnknown(reason, nearest(key)) };
}

/** Every reason by component, in columns. */
export function listReasons(): string {
  const groups = Map.groupBy(REASONS, ({ components }) => components.join(', '));
  const blocks = Array.from(groups, ([components, entries]) => {
    const width = Math.max(...entries.map(({ reason }) => reason.length));
    const rows = entries.map(
      ({ reason, severity, meaning }) => `  ${reason.padEnd(width)}  ${severity.padEnd(8)}  ${meaning}\n`,
    );
    return `${components}\n${rows.join('')}`;
  });
  return blocks.join('\n');
}

function describe({ reason, components, type, severity, meaning, check }: EventReason): string {
  return lines(reason, [
    ['Meaning', meaning],
    ['Check first', check],
    ['Component', components.join(', ')],
    ['Type', type === 'both' ? 'Normal or Warning' : type],
    ['Severity', severity],
    ['In Loki', `{job="kube-events", reason="${reason}"}`],
  ]);
}

function describeFormer({ reason, status, component, meaning, instead }: FormerReason): string {
  const why =
    status === 'gone' ? 'no component gives such an event any more' : 'of a container, never an event';
  return lines(`${reason} (${status === 'gone' ? 'gone' : 'a state'}: ${why})`, [
    ['Meaning', meaning],
    ['Component', component],
    ['Today', instead],
  ]);
}

function describeUnknown(reason: string, near: readonly string[]): string {
  const shown = JSON.stringify(reason.slice(0, 100));
  const hint = near.length === 0 ? '' : `Did you mean ${near.join(', ')}?\n`;
  return `No component of Kubernetes gives ${shown} as a reason; operators have reasons of their own.\n${hint}`;
}

function lines(title: string, rows: readonly (readonly [string, string])[]): string {
  return `${title}\n${rows.map(([name, text]) => `  ${`${name}:`.padEnd(13)}${text}\n`).join('')}`;
}

function keyOf(reason: string): string {
  return reason.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

const current = Map.groupBy(REASONS, ({ reason }) => keyOf(reason));
const gone = new Map(FORMER_REASONS.map(entry => [keyOf(entry.reason), entry]));
/** As they are written, by what they are looked up by. */
const written = new Map([...REASONS, ...FORMER_REASONS].map(({ reason }) => [keyOf(reason), reason]));

const maxSuggestions = 5;

/** Names with few letters changed, then names with the word in them, the shortest first. */
function nearest(key: string): string[] {
  if (key.length < 3 || key.length > 60) return [];
  const most = Math.max(1, Math.floor(key.length / 4));
  const ranked = Array.from(written, ([candidate, reason]) => {
    const far = Math.abs(candidate.length - key.length) > most;
    const changes = far ? Number.POSITIVE_INFINITY : distance(key, candidate);
    return {
      reason,
      rank: changes <= most ? changes : hasWord(reason, key) ? 100 + reason.length : undefined,
    };
  });
  return ranked
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .slice(0, maxSuggestions)
    .map(({ reason }) => reason);
}

/** At the start of a word, as `Mount` in `FailedMount`: not `oom` in `TooMany`. */
function hasWord(reason: string, key: string): boolean {
  const place = reason.toLowerCase().indexOf(key);
  return place >= 0 && /[A-Z]/.test(reason.charAt(place));
}

/** Letters to insert, to remove or to change: Levenshtein's distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const next = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const changed = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (previous[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    previous = next;
  }
  return previous[b.length] ?? 0;
}
