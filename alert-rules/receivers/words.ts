import type { Language } from '../rule.ts';

/** What messages are made of besides an alert's own texts. */
export interface Words {
  readonly critical: string;
  readonly warning: string;
  readonly info: string;
  readonly firing: string;
  readonly resolved: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: string;
  readonly workload: string;
  readonly node: string;
  readonly reason: string;
  readonly since: string;
  readonly until: string;
  readonly dashboard: string;
  readonly explore: string;
  readonly runbook: string;
  /** Between a fact's name and its value. */
  readonly colon: string;
  /** Between two parts of a sentence. */
  readonly comma: string;
  /** Around an aside. */
  readonly brackets: readonly [string, string];
  /** How many alerts of a long list are shown. */
  readonly first: (shown: number) => string;
}

export const words: Readonly<Record<Language, Words>> = {
  en: {
    critical: 'Critical',
    warning: 'Warning',
    info: 'Info',
    firing: 'Firing',
    resolved: 'Resolved',
    cluster: 'Cluster',
    namespace: 'Namespace',
    kind: 'Kind',
    workload: 'Workload',
    node: 'Node',
    reason: 'Reason',
    since: 'Since',
    until: 'Until',
    dashboard: 'Dashboard',
    explore: 'Explore',
    runbook: 'Runbook',
    colon: ': ',
    comma: ', ',
    brackets: [' (', ')'],
    first: shown => `the first ${shown}`,
  },
  zh: {
    critical: '严重',
    warning: '警告',
    info: '提示',
    firing: '触发',
    resolved: '已恢复',
    cluster: '集群',
    namespace: '命名空间',
    kind: '类型',
    workload: '工作负载',
    node: '节点',
    reason: '原因',
    since: '开始时间',
    until: '恢复时间',
    dashboard: '仪表盘',
    explore: 'Explore',
    runbook: '处理手册',
    colon: '：',
    comma: '，',
    brackets: ['（', '）'],
    first: shown => `前 ${shown} 条`,
  },
};
