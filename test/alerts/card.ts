import type { AlertCase, ExpectedAlert } from './case.ts';
import { clusterOf } from './case.ts';
import type { Incident } from './incident.ts';

/** A message as people read it: without marks, and its links apart. */
export interface Card {
  readonly title: string;
  readonly lines: readonly string[];
  readonly links: ReadonlyMap<string, string>;
}

/** What is read of a text in Markdown: of Feishu's entities, DingTalk's and WeCom's. */
export function readCard(title: string, text: string): Card {
  const links = new Map<string, string>();
  const lines = text
    .split('\n')
    .map(line =>
      line
        .replaceAll(/\[([^\]]+)\]\((https?:[^)]+)\)/g, (_, name: string, url: string) => {
          links.set(name, url);
          return '';
        })
        .replaceAll('**', '')
        .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
        .replaceAll(/^[ ·]+|[ ·]+$/g, ''),
    )
    .filter(line => line !== '');
  return { title, lines, links };
}

/** What objects belong to, as a person would say. */
const workloads: Readonly<Record<string, string>> = {
  'Pod/web-7c9d8b6f5-x2x4z': 'web',
  'Pod/db-0': 'db',
  'ReplicaSet/web-7c9d8b6f5': 'web',
  'Job/report-29123456': 'report',
};

const levels = { critical: 'Critical', warning: 'Warning', info: 'Info' } as const;

/**
 * The message of an alert of one incident.
 * @param start milliseconds since 1970 that times are counted back from
 */
export function expectedCard(
  what: AlertCase,
  alert: ExpectedAlert,
  incident: Incident,
  status: 'firing' | 'resolved',
  start: number,
): Omit<Card, 'links'> {
  const [secondsAgo = 0, count = 0] = incident.counts.at(-1) ?? [];
  const { kind, name, reason } = incident;
  const time = new Date((Math.floor(start / 1000) - secondsAgo) * 1000).toISOString();
  const workload = workloads[`${kind}/${name}`];
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Cluster', clusterOf(what)],
    ['Namespace', incident.namespace ?? 'default'],
    ['Kind', kind],
    ['Name', name],
    ['Workload', workload],
    ['Node', incident.node],
    ['Reason', reason],
    ['Time', `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`],
    ['Count', String(count)],
    ['Message', incident.message],
  ];
  return {
    title: `${status === 'firing' ? levels[alert.severity] : 'Resolved'}: ${alert.summary}`,
    lines: [alert.description, ...facts.flatMap(([label, value]) => (value ? [`${label}: ${value}`] : []))],
  };
}
