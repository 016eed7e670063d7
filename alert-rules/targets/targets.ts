import { alertmanager } from './alertmanager.ts';
import { configmap } from './configmap.ts';
import { grafana } from './grafana.ts';
import { grafanaNotifications } from './grafana-notifications.ts';
import { lokiOperator } from './loki-operator.ts';
import { prometheus, prometheusOperator } from './prometheus.ts';
import { recording } from './recording.ts';
import { ruler } from './ruler.ts';
import type { Target } from './target.ts';

/** Every target, by the name that `--target` takes. */
export const targets = {
  ruler,
  'loki-operator': lokiOperator,
  configmap,
  grafana,
  recording,
  prometheus,
  'prometheus-operator': prometheusOperator,
  alertmanager,
  'grafana-notifications': grafanaNotifications,
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
