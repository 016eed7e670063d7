import type { Language } from '../rule.ts';

/** The words of a message. */
export interface Words {
  readonly severities: Readonly<Record<string, string>>;
  readonly resolved: string;
  /** Facts about an alert, by the name of the label or of the entry's field. */
  readonly facts: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<'timeline' | 'explore' | 'dashboard' | 'runbook', string>>;
  /** Between a name and what it is. */
  readonly colon: string;
  readonly comma: string;
  alerts(count: number): string;
  mixed(firing: number, resolved: number): string;
  more(count: number): string;
}

export const words: Readonly<Record<Language, Words>> = {
  en: {
    severities: { critical: 'Critical', warning: 'Warning', info: 'Info' },
    resolved: 'Resolved',
    facts: {
      cluster: 'Cluster',
      namespace: 'Namespace',
      kind: 'Kind',
      name: 'Name',
      workload: 'Workload',
      node: 'Node',
      reason: 'Reason',
      time: 'Time',
      count: 'Count',
      message: 'Message',
    },
    links: { timeline: 'Timeline', explore: 'Explore', dashboard: 'Dashboard', runbook: 'Runbook' },
    colon: ': ',
    comma: ', ',
    alerts: count => `${count} alerts`,
    mixed: (firing, resolved) => `${firing} firing, ${resolved} resolved`,
    more: count => `and ${count} more`,
  },
  zh: {
    severities: { critical: '严重', warning: '警告', info: '提示' },
    resolved: '已恢复',
    facts: {
      cluster: '集群',
      namespace: '命名空间',
      kind: '类型',
      name: '名称',
      workload: '工作负载',
      node: '节点',
      reason: '原因',
      time: '时间',
      count: '次数',
      message: '消息',
    },
    links: { timeline: '时间线', explore: 'Explore', dashboard: '仪表盘', runbook: '处理手册' },
    colon: '：',
    comma: '，',
    alerts: count => `${count} 条告警`,
    mixed: (firing, resolved) => `${firing} 条告警，${resolved} 条已恢复`,
    more: count => `另有 ${count} 条`,
  },
};
