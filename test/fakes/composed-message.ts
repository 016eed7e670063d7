import assert from 'node:assert/strict';
import { compose } from '../../alert-rules/notify/compose.ts';
import { notifyConfigSchema, type ServiceType } from '../../alert-rules/notify/config.ts';
import type { LogEntry } from '../../alert-rules/notify/entry.ts';
import { inOrder, type Message, messageOf, type Style } from '../../alert-rules/notify/message.ts';
import { parsePayload } from '../../alert-rules/notify/payload.ts';
import { createService } from '../../alert-rules/notify/services/services.ts';
import { TimeFormat } from '../../alert-rules/notify/time.ts';

/** The newest event behind an alert. */
export const entry: LogEntry = {
  cluster: 'prod',
  namespace: 'shop',
  kind: 'Pod',
  name: 'web-5d4f8c7b9-x2x4z',
  workload: 'web',
  node: 'worker-1',
  reason: 'BackOff',
  type: 'Warning',
  message: 'Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z',
  count: '12',
  time: Date.parse('2026-05-01T10:04:30Z'),
};

export const english: Style = {
  language: 'en',
  times: new TimeFormat('UTC'),
  grafana: undefined,
  clusterLabel: 'cluster',
};
export const chinese: Style = { ...english, language: 'zh', times: new TimeFormat('Asia/Shanghai') };
export const grafana = { url: 'https://grafana.example.com/', datasource: 'loki', uidPrefix: 'kube-events-' };

/**
 * The message of a payload, at 10:10.
 * @param entries those of the first alerts, in the order of the message
 */
export function message(
  payload: object,
  style: Style,
  entries: (LogEntry | undefined)[] = [],
  most = 10,
): Message {
  const parsed = parsePayload(JSON.stringify(payload));
  const known = inOrder(parsed.alerts).map((alert, index) => ({ alert, entry: entries[index] }));
  return messageOf(parsed, known, { most, style, now: Date.parse('2026-05-01T10:10:00Z') });
}

export interface BodyOptions {
  readonly style?: Style;
  readonly keyword?: string;
  readonly mentions?: boolean;
  /** Further keys of the receiver. */
  readonly receiver?: object;
}

/** What a service is sent, which has to have room for it. */
export function bodyOf(type: ServiceType, of: Message, options: BodyOptions = {}) {
  const { style = english, keyword, mentions = false, receiver } = options;
  const { receivers } = notifyConfigSchema.parse({ receivers: [{ name: 'chat', type, ...receiver }] });
  const service = createService(receivers[0] ?? assert.fail());
  const { language } = style;
  const body = compose(of, {
    service,
    language,
    template: undefined,
    keyword: keyword || undefined,
    mentions,
  });
  assert.equal(service.fits(body), true);
  return body;
}
