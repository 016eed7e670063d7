import { exporterRule } from '../rule.ts';

/** Events that came and are lost. */
export const dropping = exporterRule({
  name: 'KubeEventsDropping',
  severity: 'warning',
  for: '0s',
  by: ['cluster', 'cause'],
  settings: {
    threshold: {
      default: 1,
      description: 'Lost events in `window` from which it fires: each is one too many.',
    },
    window: { default: '15m', description: 'How far back it counts.' },
  },
  query: (ask, by, { window }) => ask.increase('kube_events_dropped_revisions_total', by, window),
  summary: {
    en: 'Events of {cluster} are lost: {cause}',
    zh: '{cluster} 的事件丢失：{cause}',
  },
  description: {
    en: '{value} events were dropped within {window}: {cause}.',
    zh: '{window} 内丢弃了 {value} 条事件：{cause}。',
  },
  runbook: {
    meaning:
      'Loki will never take these events as they are (any cause but `spool_full`), or the spool was full and `whenFull: drop_oldest` gave way. The others go on.',
    checks: [
      'Which ones, and Loki’s words: `kubectl logs -n NAMESPACE POD | grep "refused an entry for good"`.',
      'For `too_old` and `too_new`: the clocks of the nodes, and `reject_old_samples_max_age` of the tenant.',
      'For `spool_full`: how long Loki was away, and `state.spool.maxBytes`.',
    ],
    causes: [
      'Limits of the tenant that are lower than Loki’s defaults: `max_line_size`, `max_structured_metadata_size`.',
      'A clock that is hours off.',
      'An outage of Loki that was longer than the spool lasts.',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Dropped, by cause' },
});

/** Events that were never seen. */
export const gap = exporterRule({
  name: 'KubeEventsGap',
  severity: 'warning',
  for: '0s',
  by: ['cluster'],
  settings: {
    threshold: { default: 1, description: 'Seconds of gaps, found in `window`, from which it fires.' },
    window: { default: '1h', description: 'How long it fires: a gap is told of once.' },
  },
  query: (ask, by, { window }) => ask.increase('kube_events_gap_seconds_total', by, window),
  summary: { en: 'Events of {cluster} may be missing', zh: '{cluster} 的事件可能缺失' },
  description: {
    en: 'The exporter was away for longer than the API server keeps events: those of {value} seconds may be missing for good.',
    zh: '采集中断的时间超过了 API server 保留事件的时长：约 {value} 秒内的事件可能永久缺失。',
  },
  runbook: {
    meaning:
      'Events were deleted before the exporter could read them. The log names the interval; what stands in Loki of it may be incomplete.',
    checks: [
      'Which interval, and why: `kubectl logs -n NAMESPACE POD | grep "may be missing for good"`.',
      'Why it was away: `kubectl get pods -n NAMESPACE`, its restarts, and whether Loki was.',
      'How long the API server keeps events: its `--event-ttl`, against `eventTtl` in the configuration.',
    ],
    causes: [
      'The exporter was down, or Loki away, for longer than events live (an hour by default).',
      'It has lost its checkpoint, or was moved to a cluster that was restored from a backup.',
      '`eventTtl` says less than the API server does: then nothing is missing.',
    ],
  },
  panel: { dashboard: 'exporter', title: 'Gaps over time' },
});
