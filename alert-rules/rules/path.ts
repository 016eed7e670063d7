import { pathRule } from '../rule.ts';

/** Fires always: while its message arrives, so do the others'. */
export const watchdog = pathRule({
  name: 'Watchdog',
  severity: 'info',
  for: '0s',
  by: [],
  settings: {},
  query: () => 'vector(1)',
  summary: { en: 'Alerts on Kubernetes events arrive', zh: 'Kubernetes 事件告警链路正常' },
  description: {
    en: 'This alert fires always. When it stops, no alert on events would reach you.',
    zh: '该告警始终处于触发状态；一旦停止，说明事件告警已无法送达。',
  },
  runbook: {
    meaning:
      'It shows that rules are evaluated and messages arrive. Send it to something that alerts when it hears nothing: a dead man’s switch.',
    checks: [
      'Loki evaluates rules: `curl LOKI/prometheus/api/v1/rules`.',
      'Alertmanager has it: `amtool alert query alertname=Watchdog`.',
      'The receiver took it: Alertmanager’s log, and its metric `alertmanager_notifications_failed_total`.',
    ],
    causes: ['The ruler is down, or has no Alertmanager.', 'The receiver refuses messages.'],
  },
});
