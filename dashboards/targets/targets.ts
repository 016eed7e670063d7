import { configmap } from './configmap.ts';
import { grafanaCom } from './grafana-com.ts';
import { grafanaOperator } from './grafana-operator.ts';
import { json } from './json.ts';
import { provisioning } from './provisioning.ts';
import type { Target } from './target.ts';
import { v2 } from './v2.ts';

/** Every format, by the name that `--format` takes. */
export const targets = {
  json,
  'grafana.com': grafanaCom,
  provisioning,
  configmap,
  'grafana-operator': grafanaOperator,
  v2,
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
