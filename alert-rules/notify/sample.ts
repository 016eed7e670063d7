import type { Language } from '../rule.ts';
import type { LogEntry } from './entry.ts';
import type { Payload } from './payload.ts';

const texts: Readonly<
  Record<Language, { readonly summary: string; readonly description: string; readonly message: string }>
> = {
  en: {
    summary: 'Test: shop/web is crash-looping',
    description: 'A test message of kube-events-loki: nothing has happened.',
    message: 'Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z',
  },
  zh: {
    summary: '测试：shop/web 反复崩溃重启',
    description: '这是 kube-events-loki 的测试消息，并没有发生任何问题。',
    message: 'Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z',
  },
};

/** A message for people to try a receiver with, and for templates to be checked with. */
export interface Sample {
  readonly payload: Payload;
  readonly entry: LogEntry;
}

/** @param now milliseconds since 1970 */
export function sampleOf(language: Language, job: string, clusterLabel: string, now: number): Sample {
  const { summary, description, message } = texts[language];
  return {
    payload: {
      status: 'firing',
      receiver: 'test',
      groupKey: 'test',
      groupLabels: { alertname: 'CrashLoop' },
      externalURL: '',
      truncatedAlerts: 0,
      alerts: [
        {
          status: 'firing',
          labels: {
            alertname: 'CrashLoop',
            severity: 'warning',
            [clusterLabel]: 'test',
            namespace: 'shop',
            workload: 'web',
          },
          annotations: {
            summary,
            description,
            logql: `{job="${job}", ${clusterLabel}="test", namespace="shop", kind="Pod", reason="BackOff"}`,
          },
          startsAt: new Date(now - 60_000).toISOString(),
          generatorURL: '',
          fingerprint: '0000000000000000',
          dashboardURL: '',
          panelURL: '',
        },
      ],
    },
    entry: {
      cluster: 'test',
      namespace: 'shop',
      kind: 'Pod',
      name: 'web-5d4f8c7b9-x2x4z',
      workload: 'web',
      node: 'worker-1',
      reason: 'BackOff',
      type: 'Warning',
      message,
      count: '5',
      time: now - 90_000,
    },
  };
}
