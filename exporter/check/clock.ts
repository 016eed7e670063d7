import type { CheckName, Finding } from './finding.ts';

/** Below it nobody notices; in seconds. */
const tolerated = 10;
/** Alert rules and boards look at the last minutes; in seconds. */
const harmful = 60;

/** How far another clock is ahead of this machine's. */
export interface ClockReading {
  /** Seconds; negative where it is behind. */
  readonly ahead: number;
  /** How far off that may be: a Date header has whole seconds, and was on its way. */
  readonly error: number;
}

/**
 * @param date a response's `Date`
 * @param sentMs when the request was sent, milliseconds since 1970; `receivedMs` when its answer came
 * @returns undefined where the header says nothing
 */
export function readClock(
  date: string | string[] | undefined,
  { sentMs, receivedMs }: { readonly sentMs: number; readonly receivedMs: number },
): ClockReading | undefined {
  const serverMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(serverMs)) return undefined;
  return {
    ahead: (serverMs + 500 - (sentMs + receivedMs) / 2) / 1000,
    error: 0.5 + (receivedMs - sentMs) / 2000,
  };
}

/** A clock to compare with, by the name of whose it is. */
export type OtherClocks = Readonly<Record<string, ClockReading | undefined>>;

const own: ClockReading = { ahead: 0, error: 0 };

/** Holds a clock against this machine's and others; the worst of them decides. */
export function judgeClock(
  check: CheckName,
  reading: ClockReading | undefined,
  others: OtherClocks = {},
): Finding {
  if (!reading) return { check, status: 'not checked', found: 'its answer has no Date' };
  const differences = Object.entries({ 'this machine': own, ...others }).flatMap(([name, other]) => {
    if (!other) return [];
    const ahead = reading.ahead - other.ahead;
    const certain = Math.max(0, Math.abs(ahead) - reading.error - other.error);
    return [{ name, ahead, certain }];
  });
  const worst = Math.max(...differences.map(({ certain }) => certain));
  if (worst <= tolerated) return { check, status: 'ok', found: 'within some seconds' };
  const found = differences
    .filter(({ certain }) => certain > tolerated)
    .map(
      ({ name, ahead }) => `${Math.round(Math.abs(ahead))} s ${ahead > 0 ? 'ahead of' : 'behind'} ${name}`,
    );
  return {
    check,
    status: worst > harmful ? 'fault' : 'warning',
    found: found.join(', '),
    advice:
      'set the clocks by NTP (chrony, systemd-timesyncd): entries stand at the times of the cluster, and Loki takes none that are more than 10 minutes ahead of it',
  };
}
