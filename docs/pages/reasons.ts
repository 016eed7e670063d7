import { REASONS } from '../../exporter/event/reasons/catalogue.ts';
import { CONTROL_PLANE_REASONS } from '../../exporter/event/reasons/control-plane.ts';
import { CONTROLLERS_BATCH_REASONS } from '../../exporter/event/reasons/controllers-batch.ts';
import { CONTROLLERS_NETWORK_REASONS } from '../../exporter/event/reasons/controllers-network.ts';
import { CONTROLLERS_NODE_REASONS } from '../../exporter/event/reasons/controllers-node.ts';
import { CONTROLLERS_SCALING_REASONS } from '../../exporter/event/reasons/controllers-scaling.ts';
import { CONTROLLERS_VOLUME_REASONS } from '../../exporter/event/reasons/controllers-volume.ts';
import { CONTROLLERS_WORKLOAD_REASONS } from '../../exporter/event/reasons/controllers-workload.ts';
import { FORMER_REASONS, type FormerReason } from '../../exporter/event/reasons/gone.ts';
import { KUBELET_ADMISSION_REASONS } from '../../exporter/event/reasons/kubelet-admission.ts';
import { KUBELET_CONTAINER_REASONS } from '../../exporter/event/reasons/kubelet-container.ts';
import { KUBELET_NODE_REASONS } from '../../exporter/event/reasons/kubelet-node.ts';
import { KUBELET_VOLUMES_REASONS } from '../../exporter/event/reasons/kubelet-volumes.ts';
import { NODE_PROBLEM_DETECTOR_REASONS } from '../../exporter/event/reasons/node-problem-detector.ts';
import type { EventReason, Severity } from '../../exporter/event/reasons/reason.ts';
import { SCHEDULER_REASONS } from '../../exporter/event/reasons/scheduler.ts';
import { TERMINATION_REASONS } from '../../exporter/event/reasons/terminations.ts';
import { link, note, table } from './markdown.ts';

/** In the catalogue's order. */
const sections: readonly (readonly [title: string, reasons: readonly EventReason[]])[] = [
  ['Kubelet: containers, images, probes', KUBELET_CONTAINER_REASONS],
  ['Kubelet: pods that a node refuses or ends', KUBELET_ADMISSION_REASONS],
  ['Kubelet: the node itself', KUBELET_NODE_REASONS],
  ['Kubelet: volumes', KUBELET_VOLUMES_REASONS],
  ['Scheduler', SCHEDULER_REASONS],
  ['Controllers: Deployments, ReplicaSets, DaemonSets, StatefulSets', CONTROLLERS_WORKLOAD_REASONS],
  ['Controllers: Jobs and CronJobs', CONTROLLERS_BATCH_REASONS],
  ['Controllers: autoscaling and disruption budgets', CONTROLLERS_SCALING_REASONS],
  ['Controllers: nodes', CONTROLLERS_NODE_REASONS],
  ['Controllers: services and endpoints', CONTROLLERS_NETWORK_REASONS],
  ['Controllers: volumes', CONTROLLERS_VOLUME_REASONS],
  ['Control plane', CONTROL_PLANE_REASONS],
  ['node-problem-detector', NODE_PROBLEM_DETECTOR_REASONS],
  ['This exporter', TERMINATION_REASONS],
];

const former: readonly (readonly [title: string, text: string, reasons: readonly FormerReason[]])[] = [
  [
    'Gone',
    'Articles, dashboards and other tools still name these, but no component gives such an event any more.',
    FORMER_REASONS.filter(({ status }) => status === 'gone'),
  ],
  [
    'Never an event',
    "These are reasons of a container's state, which `kubectl get pods` shows: no component gives such an event.",
    FORMER_REASONS.filter(({ status }) => status === 'state'),
  ],
];

const severities: Readonly<Record<Severity, string>> = {
  critical: 'something is out of service',
  warning: 'something is wrong',
  notice: 'worth a look',
  info: 'routine',
};

/** Every reason that is known, by component. */
export function reasons(): string {
  const listed = sections.flatMap(([, entries]) => entries);
  if (listed.length !== REASONS.length || listed.some((entry, index) => entry !== REASONS[index])) {
    throw new Error('docs/pages/reasons.ts: its sections are not those of the catalogue');
  }
  const contents = sections.map(([title, entries]) => `- ${link(title, slug(title))}: ${entries.length}`);
  return `# Event reasons

${note}
What Kubernetes' own components and node-problem-detector say in the \`reason\` of an event: ${REASONS.length} entries for
${anchors.size} reasons. Operators and other controllers have reasons of their own; those are not here, and they are the
first to fold when the [cardinality budget](cardinality.md) is used up.

- In a terminal: \`kube-events-loki explain FailedScheduling\`.
- A link to one reason is \`reasons.md#failedscheduling\`, or with the reason as it is written, \`reasons.md#FailedScheduling\`.
- The **component** is who reports the event: \`component\` in structured metadata.
- The **type** alone says little: \`NodeNotReady\` on a Node is Normal. So there is a **severity** too: ${Object.entries(severities).map(severity).join('; ')}.
- In a command, what is in CAPITALS is to be filled in.

${contents.join('\n')}
${former.map(([title, , reasons]) => `- ${link(title, slug(title))}: ${reasons.length}`).join('\n')}

${sections.map(section).join('\n')}
${former.map(formerSection).join('\n')}`;
}

function severity([name, meaning]: [string, string]): string {
  return `**${name}**, ${meaning}`;
}

function section([title, entries]: readonly [string, readonly EventReason[]]): string {
  const groups = [...Map.groupBy(entries, ({ components }) => components.join(', '))];
  const head = ['reason', 'type', 'severity', 'meaning', 'check first'];
  const tables = groups.map(([components, members]) => {
    const rows = table(head, members.map(row));
    return groups.length === 1 ? `Component: \`${components}\`.\n\n${rows}` : `### ${components}\n\n${rows}`;
  });
  return `## ${title}\n\n${tables.join('\n')}`;
}

function row(entry: EventReason): string[] {
  const { reason, type, severity, meaning, check } = entry;
  const others = (byReason.get(reason) ?? []).filter(other => other !== entry);
  const links = others.map(other => link(other.components[0] ?? '', anchorOf(other)));
  return [
    `${anchor(anchorOf(entry), reason)}\`${reason}\`${links.length > 0 ? ` (also ${links.join(', ')})` : ''}`,
    type === 'both' ? 'Normal, Warning' : type,
    severity === 'critical' ? `**${severity}**` : severity,
    meaning,
    withCode(check),
  ];
}

function formerSection([title, text, entries]: (typeof former)[number]): string {
  const rows = entries.map(({ reason, component, meaning, instead }) => [
    `${anchor(reason.toLowerCase(), reason)}\`${reason}\``,
    component,
    meaning,
    linked(instead),
  ]);
  return `## ${title}\n\n${text}\n\n${table(['reason', 'component', 'meaning', 'today'], rows)}`;
}

/** Reasons in a sentence, as links. */
function linked(text: string): string {
  return text.replaceAll(/[A-Za-z][A-Za-z-]+/g, word => {
    const [known] = byReason.get(word) ?? [];
    return known ? link(word, anchorOf(known)) : word;
  });
}

const byReason = Map.groupBy(REASONS, ({ reason }) => reason);
/** The first entry of each reason has the plain anchor. */
const anchors = new Map(Array.from(byReason, ([reason, [first]]) => [reason, first]));

function anchorOf(entry: EventReason): string {
  const plain = entry.reason.toLowerCase();
  return anchors.get(entry.reason) === entry ? plain : `${plain}-${entry.components[0] ?? ''}`;
}

/** Found by its lower-case form, as headings are, and as it is written, which is all that a Grafana data link can fill in. */
function anchor(id: string, reason: string): string {
  return id === reason.toLowerCase() ? `<a id="${id}" name="${reason}"></a>` : `<a id="${id}"></a>`;
}

/** As GitHub makes a heading's anchor. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

/** Commands in a sentence, as code. */
function withCode(text: string): string {
  return text.replaceAll(
    /\bkubectl .*?(?=[;,.)](?:\s|$)| and | shows | follows )/g,
    command => `\`${command}\``,
  );
}
