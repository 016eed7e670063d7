/** Writes times of a zone: `2026-05-01 18:05:00 GMT+8`, the same in every language. */
export class TimeFormat {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError for a zone that is unknown */
  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'shortOffset',
    });
  }

  /** @param time milliseconds since 1970 */
  write(time: number): string {
    const parts = new Map(this.#format.formatToParts(time).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    const date = `${part('year')}-${part('month')}-${part('day')}`;
    const zone = part('timeZoneName');
    return `${date} ${part('hour')}:${part('minute')}:${part('second')} ${/^GMT(?:\+0)?$/.test(zone) ? 'UTC' : zone}`;
  }
}

/** Whether there is a zone of that name. */
export function isTimezone(name: string): boolean {
  try {
    new TimeFormat(name);
    return true;
  } catch {
    return false;
  }
}
