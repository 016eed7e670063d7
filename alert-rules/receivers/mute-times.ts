import { z } from 'zod';
import { severities } from '../rule.ts';

/** The name of a time zone in the IANA database. */
export const timezone = z.string().refine(isTimezone, {
  error: 'expected a time zone of the IANA database, as in UTC, Europe/Berlin or Asia/Shanghai',
});

function isTimezone(name: string): boolean {
  // Offsets are time zones to the runtime, and none to Go.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const timeOfDay = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'expected HH:MM' });
const weekday = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';

function ranges(item: string, example: string) {
  return z
    .array(
      z
        .string()
        .regex(new RegExp(`^${item}(?::${item})?$`), { error: `expected one or a range, as in ${example}` }),
    )
    .min(1)
    .optional();
}

/** A time at which some alerts are held back. */
export const muteTimeSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'expected lower case letters, digits and -' })
    .describe('Its name.'),
  severities: z
    .array(z.enum(severities))
    .min(1)
    .default(['warning', 'info'])
    .describe('What is held back; critical alerts only where they are named.'),
  timezone: timezone.optional().describe('The time zone of `times`; that of messages by default.'),
  times: z
    .array(
      z
        .strictObject({
          from: timeOfDay.describe('`HH:MM`.'),
          to: timeOfDay.describe('`HH:MM`, up to 24:00; this minute is no part of it.'),
        })
        .refine(({ from, to }) => from < to, {
          error: 'expected an end behind the start: a night is two, as in 22:00 to 24:00 and 00:00 to 07:00',
        }),
    )
    .min(1)
    .optional()
    .describe('Times of day; the whole day by default.'),
  weekdays: ranges(weekday, 'monday:friday').describe('Days of the week.'),
  daysOfMonth: ranges('-?\\d{1,2}', '1:5 or -1').describe('Days of the month; negative ones from its end.'),
  months: ranges('(?:\\d{1,2}|[a-z]+)', '1:3 or december').describe('Months.'),
  years: ranges('\\d{4}', '2026:2027').describe('Years.'),
});

type MuteTime = z.output<typeof muteTimeSchema>;

/** A mute time as both Alertmanager and the files of Grafana have it. */
export function timeIntervalOf(muteTime: MuteTime, otherwise: string) {
  const { times, weekdays, daysOfMonth, months, years, timezone: own } = muteTime;
  return {
    ...(times !== undefined && {
      times: times.map(({ from, to }) => ({ start_time: from, end_time: to })),
    }),
    ...(weekdays !== undefined && { weekdays }),
    ...(daysOfMonth !== undefined && { days_of_month: daysOfMonth }),
    ...(months !== undefined && { months }),
    ...(years !== undefined && { years }),
    location: own ?? otherwise,
  };
}
