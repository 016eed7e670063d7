import { type AlertCase, type ExpectedAlert, late, leaving } from '../case.ts';
import type { Count, Incident } from '../incident.ts';

const hour = 3600;

/** Probes that fail on several pods, so that nothing but their number is worth an alert. */
function noise(name: string, counts: readonly Count[], rest: Partial<Incident> = {}): Incident {
  return {
    namespace: 'shop',
    kind: 'Pod',
    name,
    reason: 'DNSConfigForming',
    message: 'Nameserver limits were exceeded, some nameservers have been omitted',
    type: 'Warning',
    component: 'kubelet',
    node: 'node-1',
    counts,
    ...rest,
  };
}

/** Every minute from one time to another, so many occurrences each. */
function steady(fromMinutes: number, toMinutes: number, each: number): Count[] {
  return Array.from({ length: fromMinutes - toMinutes }, (_, index) => [
    (fromMinutes - index) * 60,
    (index + 1) * each,
  ]);
}

function spike(warnings: number, newest: string): ExpectedAlert {
  return {
    rule: 'WarningSpike',
    severity: 'warning',
    labels: { namespace: 'shop' },
    summary: 'Warning spike in shop',
    description: `${warnings} Warning events in namespace shop within 15m, at least 3 times the rate of the 6h before.`,
    newest,
  };
}

const pod = 'web-7c9d8b6f5-x2x4z';
const line = `Pod/${pod}: Nameserver limits were exceeded, some nameservers have been omitted`;
const rule = 'WarningSpike';

const spikes: readonly AlertCase[] = [
  {
    rule,
    title: 'a hundred from nothing',
    events: [noise(pod, [[leaving(15), 100]])],
    alerts: [spike(100, line)],
  },
  { rule, title: 'ninety-nine from nothing', events: [noise(pod, [[leaving(15), 99]])], alerts: [] },
  {
    rule,
    title: 'late entries',
    events: [
      noise(pod, [
        [late + 120, 25],
        [late, 100],
      ]),
    ],
    alerts: [{ ...spike(100, line), resolves: false }],
  },
  {
    rule,
    title: 'a reason that is folded',
    events: [noise(pod, [[leaving(15), 100]], { reason: 'Widget901Failed', folds: ['reason'] })],
    alerts: [spike(100, line)],
  },
  {
    rule,
    title: 'what is Normal does not count',
    events: [noise(pod, [[leaving(15), 200]], { reason: 'Pulling', type: 'Normal' })],
    alerts: [],
  },
  {
    rule,
    title: 'as much as always',
    events: [noise(pod, steady(6 * 60 + 15, 0, 10))],
    alerts: [],
  },
  {
    rule,
    title: 'not three times as much as always',
    events: [noise(pod, [...steady(6 * 60 + 15, 15, 4), [leaving(15), 1440 + 170]])],
    alerts: [],
  },
  {
    rule,
    title: 'more than three times as much as always',
    events: [noise(pod, [...steady(6 * 60 + 15, 15, 4), [leaving(15), 1440 + 190]])],
    alerts: [spike(190, line)],
  },
  {
    // Of the hour before there are Warnings, and nothing of the time before that.
    rule,
    title: 'a storm in a cluster that is new',
    events: [noise(pod, [...steady(75, 15, 1), [leaving(15), 60 + 100]])],
    alerts: [spike(100, line)],
  },
  {
    rule,
    title: 'a storm that goes on in a cluster that is not new',
    events: [
      noise('old-7c9d8b6f5-x2x4z', [[5 * hour, 1]], { namespace: 'other' }),
      noise(pod, [...steady(75, 15, 10), [leaving(15), 600 + 150]]),
    ],
    alerts: [spike(150, line)],
  },
  {
    // What the API still has of the hour before: half of it happened once, and of the other half nobody knows since when.
    rule,
    title: 'the first start of an exporter',
    events: Array.from({ length: 960 }, (_, index) =>
      noise(
        `web-7c9d8b6f5-${index}`,
        [[Math.floor(((index + 0.5) * hour) / 960), index % 2 === 0 ? 1 : 40]],
        {
          before: 'unknown',
        },
      ),
    ),
    alerts: [],
  },
  {
    // An hour later the rate is the same, and most of the baseline is from before the exporter was there.
    rule,
    title: 'an hour after the first start of an exporter',
    events: Array.from({ length: 960 }, (_, index) =>
      noise(`web-7c9d8b6f5-${index}`, [[Math.floor(((index + 0.5) * 2 * hour) / 960), 1]]),
    ),
    alerts: [],
  },
];

function widget(counts: readonly Count[], rest: Partial<Incident> = {}): Incident {
  return {
    namespace: 'shop',
    kind: 'Widget',
    name: 'blue',
    reason: 'ReconcileFailed',
    message: 'cannot reach the widget server',
    type: 'Warning',
    component: 'widget-operator',
    counts,
    ...rest,
  };
}

/** Shows that the cluster was there half a day ago and more. */
const settled: Incident = {
  namespace: 'shop',
  kind: 'Pod',
  name: 'web-7c9d8b6f5-x2x4z',
  reason: 'Started',
  message: 'Started container web',
  type: 'Normal',
  component: 'kubelet',
  node: 'node-1',
  container: 'web',
  counts: [[18 * hour, 1]],
};

function newReason(occurrences: number, reason = 'ReconcileFailed'): ExpectedAlert {
  return {
    rule: 'NewWarningReason',
    severity: 'info',
    labels: { kind: 'Widget', reason },
    summary: `New Warning: Widget ${reason}`,
    description: `${occurrences} events ${reason} of a Widget, a reason that did not occur in the 24h before.`,
    newest: 'Widget/blue: cannot reach the widget server',
  };
}

const newReasons: readonly AlertCase[] = [
  {
    rule: 'NewWarningReason',
    title: 'one',
    events: [settled, widget([[leaving(30), 1]])],
    alerts: [newReason(1)],
  },
  {
    rule: 'NewWarningReason',
    title: 'late entries',
    events: [settled, widget([[late, 2]])],
    alerts: [{ ...newReason(2), resolves: false }],
  },
  {
    rule: 'NewWarningReason',
    title: 'a reason of the day before',
    events: [
      settled,
      widget([
        [23 * hour, 1],
        [leaving(30), 2],
      ]),
    ],
    alerts: [],
  },
  {
    rule: 'NewWarningReason',
    title: 'a reason of another kind the day before',
    events: [settled, widget([[23 * hour, 1]], { kind: 'Gadget' }), widget([[leaving(30), 1]])],
    alerts: [newReason(1)],
  },
  {
    rule: 'NewWarningReason',
    title: 'what is Normal',
    events: [settled, widget([[leaving(30), 1]], { type: 'Normal' })],
    alerts: [],
  },
  {
    rule: 'NewWarningReason',
    title: 'of unknown age',
    events: [settled, widget([[leaving(30), 7]], { before: 'unknown' })],
    alerts: [],
  },
  {
    rule: 'NewWarningReason',
    title: 'a cluster of which nothing is known',
    events: [widget([[leaving(30), 1]])],
    alerts: [],
  },
  {
    rule: 'NewWarningReason',
    title: 'a reason that is folded',
    events: [settled, widget([[leaving(30), 1]], { folds: ['reason'] })],
    alerts: [newReason(1, '__other__')],
  },
];

export const warningCases = [...spikes, ...newReasons];
