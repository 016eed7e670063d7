import { type AlertCase, type ExpectedAlert, late, leaving } from './case.ts';
import type { Count, Incident } from './incident.ts';

/** A rule that fires when something occurred so often in a time, and an example of it. */
export interface Counted {
  readonly rule: string;
  readonly severity: ExpectedAlert['severity'];
  readonly windowMinutes: number;
  readonly threshold: number;
  readonly event: Omit<Incident, 'counts'>;
  /** Besides the cluster's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** @param times how often it occurred */
  readonly description: (times: number) => string;
  /**
   * What still has to fire though the newest of it is late; counts rise in lumps, as client-go's recorder writes them. All at
   * once, six minutes ago, where it isn't given.
   */
  readonly lasting?: readonly Count[];
  /** Other rules' alerts on the same, by how long ago its newest was. */
  readonly also?: (times: number, reason: string, secondsAgo: number) => readonly ExpectedAlert[];
}

/** The line of an incident, as a search finds it. */
export function lineOf({ kind, name, message }: Pick<Incident, 'kind' | 'name' | 'message'>): string {
  return `${kind}/${name}: ${message}`;
}

/** Events that make it fire, and that do not. */
export function countedCases(what: Counted): AlertCase[] {
  const { rule, windowMinutes, threshold, event, lasting = [[late, threshold]], also = () => [] } = what;
  const alert = (times: number, rest: Partial<ExpectedAlert> = {}): ExpectedAlert => ({
    rule,
    severity: what.severity,
    labels: what.labels,
    summary: what.summary,
    description: what.description(times),
    newest: lineOf(event),
    ...rest,
  });
  const { reason } = event;
  const leave = leaving(windowMinutes);
  const folded = (folds: Incident['folds']): Pick<AlertCase, 'events' | 'alerts'> => {
    const texts = (text: string) => (folds?.includes('reason') ? text.replaceAll(reason, '__other__') : text);
    const labels = { ...what.labels };
    for (const label of folds ?? []) if (label in labels) labels[label] = '__other__';
    return {
      events: [{ ...event, counts: [[leave, threshold]], ...(folds && { folds }) }],
      alerts: [
        alert(threshold, {
          labels,
          summary: texts(what.summary),
          description: texts(what.description(threshold)),
        }),
        ...also(threshold, folds?.includes('reason') ? '__other__' : reason, leave),
      ],
    };
  };
  const [newest = 0, times = 0] = lasting.at(-1) ?? [];
  return [
    {
      rule,
      title: 'at the threshold',
      events: [{ ...event, counts: [[leave, threshold]] }],
      alerts: [alert(threshold), ...also(threshold, reason, leave)],
    },
    ...(threshold === 1
      ? []
      : [
          {
            rule,
            title: 'below the threshold',
            events: [{ ...event, counts: [[leave, threshold - 1]] as const }],
            alerts: [],
          },
        ]),
    {
      rule,
      title: 'late entries',
      events: [{ ...event, counts: lasting }],
      alerts: [
        alert(times, { resolves: false }),
        ...also(times, reason, newest).map(other => ({ ...other, resolves: false })),
      ],
    },
    {
      rule,
      title: 'of unknown age',
      events: [{ ...event, counts: [[leave, threshold + 1]], before: 'unknown' }],
      alerts: [],
    },
    { rule, title: 'a reason that is folded', ...folded(['reason']) },
    { rule, title: 'a kind that is folded', ...folded(['kind']) },
  ];
}
