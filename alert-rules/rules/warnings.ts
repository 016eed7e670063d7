import { eventRule } from '../rule.ts';

/** More Warnings than usual, whatever they are about. */
export const warningSpike = eventRule({
  name: 'WarningSpike',
  severity: 'warning',
  for: '0s',
  by: ['namespace'],
  selection: { type: 'Warning' },
  settings: {
    threshold: {
      default: 100,
      description:
        'Warnings in `window` from which it fires, however quiet it was before. One pod that fails every ten seconds has 90: ' +
        'past the 25th Kubernetes writes once in five minutes, but counts on.',
    },
    ratio: {
      default: 3,
      description:
        'How many times the rate of `baseline` the rate of `window` has to be. A storm that begins from nothing fires too.',
    },
    window: {
      default: '15m',
      description:
        'The time that counts as now. Entries can arrive six minutes after their time, and repeats come in lumps five minutes apart.',
    },
    baseline: {
      default: '6h',
      description:
        'The time before `window` that counts as usual. It is what each evaluation reads the most of.',
    },
    recent: {
      default: '1h',
      description:
        'In a cluster that is new, this time before `window` counts as usual besides: what an exporter finds at its first start is an hour old at most, and nothing is known of the time before.',
    },
    settled: {
      default: '3h',
      description:
        'A cluster that had no Warning between twice this time ago and this time ago is new. At this age `baseline` is filled far enough for `ratio`.',
    },
  },
  query: (ask, by, { ratio, window, baseline, recent, settled }) => {
    const warnings = { type: 'Warning' } as const;
    const cluster = ask.nameOf('cluster');
    const now = ask.rate(warnings, by, window);
    // Where nothing was before, the comparison would be empty, and a storm from nothing be missed.
    const more = (before: string) =>
      `${now} >= ${ratio} * (${ask.rate(warnings, by, before, window)} or ${now} * 0)`;
    const old = `${now} and on (${cluster}) ${ask.lines(warnings, [cluster], settled, settled)}`;
    return `${ask.occurrences(warnings, by, window)} and ${more(baseline)} and (${old} or ${more(recent)})`;
  },
  summary: {
    en: 'Warning spike in {namespace}',
    zh: '{namespace} 的 Warning 事件激增',
  },
  description: {
    en: '{value} Warning events in namespace {namespace} within {window}, at least {ratio} times the rate of the {baseline} before.',
    zh: '命名空间 {namespace} 在 {window} 内出现 {value} 次 Warning 事件，至少是此前 {baseline} 平均速率的 {ratio} 倍。',
  },
  runbook: {
    meaning:
      'A namespace has many more Warnings than it usually has. Something has begun to fail there, or something that it needs does.',
    checks: [
      'Which reasons, and of which workloads: the dashboard *Warnings*, or `kubectl events -n NAMESPACE --types=Warning`.',
      'What changed when it began: `kubectl rollout history deployment -n NAMESPACE`, `kubectl get events -n NAMESPACE --sort-by=.lastTimestamp`.',
      'Whether other namespaces have it too, which points at nodes, network or storage: `kubectl get nodes`.',
    ],
    causes: [
      'A release that does not start, or fails its probes.',
      'A node, a registry or a volume backend that many pods depend on.',
      'A quota that was used up: controllers try again and again.',
    ],
    notes: [
      'It counts all Warnings of a namespace together, also those that other rules tell of. Trouble of type Normal is not among them: rules of their own read it.',
      'Events of nodes are in `default`, so that a storm of theirs is a spike there.',
      'A storm that lasts becomes usual: it resolves when its rate is less than `ratio` times that of `baseline`, with the defaults after some two hours.',
      'In a cluster that is new, the hour that an exporter finds at its first start counts as usual besides.',
    ],
  },
  panel: { dashboard: 'warnings', title: 'Reasons over time' },
});

/** A reason that its cluster has not had for a day. */
export const newWarningReason = eventRule({
  name: 'NewWarningReason',
  severity: 'info',
  for: '0s',
  by: ['kind', 'reason'],
  selection: { type: 'Warning' },
  settings: {
    threshold: { default: 1, description: 'Occurrences in `window` from which it fires.' },
    window: {
      default: '30m',
      description: 'How long a reason is new. Entries can arrive six minutes after their time.',
    },
    known: { default: '24h', description: 'A reason that occurred in this time before `window` is known.' },
    settled: {
      default: '12h',
      description:
        'Nothing is new in a cluster of which nothing is known: it had to have any event before this much of `known`.',
    },
  },
  query: (ask, by, { window, known, settled }) => {
    const warnings = { type: 'Warning' } as const;
    const cluster = ask.nameOf('cluster');
    return (
      `${ask.occurrences(warnings, by, window)} unless ${ask.lines(warnings, by, known, window)}` +
      ` and on (${cluster}) ${ask.lines({}, [cluster], settled, settled)}`
    );
  },
  summary: { en: 'New Warning: {kind} {reason}', zh: '新的 Warning 事件：{kind} {reason}' },
  description: {
    en: '{value} events {reason} of a {kind}, a reason that did not occur in the {known} before.',
    zh: '{kind} 出现 {value} 次 {reason} 事件，此前 {known} 内未出现过该原因。',
  },
  runbook: {
    meaning:
      'A Warning of a kind that the cluster did not have for a day. It may be nothing, or the first sign of what comes.',
    checks: [
      'What the reason means: `kube-events-loki explain REASON`.',
      'What it says, and of what: `kubectl get events -A --field-selector reason=REASON`.',
      'What was installed or changed in this hour: `helm list -A --date --reverse`, `kubectl get deployments,daemonsets,statefulsets -A --sort-by=.metadata.creationTimestamp`.',
    ],
    causes: ['A new version of a controller or an operator.', 'A failure that has just begun.'],
    notes: [
      'It needs a day: in a cluster of which nothing is known from `settled` ago, nothing is new.',
      'A reason that occurs less than once in `known` is new each time.',
      'Where the cardinality budget is used up, new reasons fold to `__other__` and none of them is new: `event_reason` has them, and [Bounded labels](../cardinality.md) says how to find them.',
    ],
  },
  panel: { dashboard: 'overview', title: 'New reasons' },
});
