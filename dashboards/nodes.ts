import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { NODE_PROBLEM_DETECTOR_REASONS } from '../exporter/event/reasons/node-problem-detector.ts';
import type { EventDashboard } from './dashboard.ts';
import { shelf } from './layout.ts';
import { cellLink, lineLink } from './links.ts';
import {
  colours,
  fixedColour,
  instantQuery,
  merge,
  organize,
  type PanelText,
  rangeQuery,
} from './panels/common.ts';
import { graph } from './panels/graph.ts';
import { log } from './panels/log.ts';
import { table } from './panels/table.ts';
import { total } from './panels/total.ts';
import { placesOf, variablesOfPlaces } from './place-variables.ts';
import type { Queries, Where } from './query.ts';
import { anyOf, known } from './reasons.ts';
import { uids } from './uids.ts';
import { textBox } from './variables.ts';

const notReady = known('NodeNotReady');
const rebooted = known('Rebooted');
const states = known(
  'NodeNotReady',
  'NodeReady',
  'Rebooted',
  'Shutdown',
  'NodeNotSchedulable',
  'NodeSchedulable',
  'RegisteredNode',
  'RemovingNode',
  'DeletingNode',
);
const pressure = known(
  'NodeHasInsufficientMemory',
  'NodeHasDiskPressure',
  'NodeHasInsufficientPID',
  'EvictionThresholdMet',
  'FreeDiskSpaceFailed',
  'ImageGCFailed',
  'ContainerGCFailed',
);
/** The last one is the exporter's own, where it watches terminations. */
const outOfMemory = [...known('SystemOOM', 'OOMKilling'), 'OOMKilled'];
const evictions = known('Evicted', 'TaintManagerEviction', 'DeviceTaintManagerEviction', 'NodeShutdown');
/** What node-problem-detector gives; some configurations give the name of the condition as the reason. */
const problems = [
  ...NODE_PROBLEM_DETECTOR_REASONS.filter(({ severity }) => severity !== 'info').map(({ reason }) => reason),
  'KernelDeadlock',
  'ReadonlyFilesystem',
].filter((reason, index, all) => all.indexOf(reason) === index && !outOfMemory.includes(reason));

/** What goes wrong with nodes, whatever the type of its events: `NodeNotReady` is Normal. */
export function nodes(query: Queries): EventDashboard {
  return {
    uid: uids.nodes,
    title: 'Kubernetes events / Nodes',
    description:
      'Nodes that are lost, restarted or short of something, and the pods that this ends. ' +
      'Events of nodes are in the namespace default, and often of type Normal: ' +
      'panels about nodes follow Cluster, Node and Search alone, panels about pods also Namespace and Workload.',
    variables: variablesOfPlaces(query, textBox('node', 'Node', "A part of a node's name.")),
    sections: [
      {
        title: 'In this time',
        shelves: [
          shelf(
            4,
            ...totals.map(([text, where, worst]) =>
              total(text, {
                query: instantQuery('A', query.occurrences([], where)),
                thresholds: [
                  { value: null, color: colours.good },
                  { value: 1, color: worst },
                ],
              }),
            ),
          ),
        ],
      },
      {
        title: 'Over time',
        shelves: [
          shelf(
            9,
            byReason(stateText, ofNodes(states), query, stateColours),
            byReason(...pressureGraph, query),
          ),
          shelf(9, byReason(...problemGraph, query), byReason(...memoryGraph, query)),
          shelf(9, byReason(...evictionGraph, query), evicted(query)),
        ],
      },
      { title: 'Every reason', shelves: [shelf(10, reasons(query))] },
      {
        title: 'Events',
        shelves: [
          shelf(
            12,
            log(
              {
                title: 'Events of nodes',
                description:
                  'All that is said of nodes, newest first. The details of a line lead to the timeline of its node.',
              },
              query.entries(ofNodes()),
              [],
              [lineLink(query)],
            ),
          ),
          shelf(
            10,
            log(
              {
                title: 'Evicted pods',
                description:
                  'Pods that a node or a taint ended, newest first, with the cause in the message.',
                noData: 'No evictions',
              },
              query.entries(ofPods(evictions)),
              [],
              [lineLink(query)],
            ),
          ),
        ],
      },
    ],
  };
}

/** What is said of nodes. Who else reports than the kubelet leaves the node out, so its name tells it. */
function ofNodes(reasons?: readonly string[]): Where {
  return {
    kind: 'Node',
    name: '(?i).*$node.*',
    namespace: '.*',
    workload: '.*',
    type: '.*',
    reason: reasons === undefined ? '.*' : anyOf(reasons),
  };
}

/** What is said of pods, by the node that they were on where the event tells it. */
function ofPods(reasons: readonly string[]): Where {
  return { kind: 'Pod', node: '(?i).*$node.*', type: '.*', reason: anyOf(reasons) };
}

/** The kernel's victims are told of the node, and of the pod. */
const memory: Where = {
  ...ofPods(outOfMemory),
  kind: 'Node|Pod',
  namespace: '.*',
  workload: '.*',
};

const totals: readonly (readonly [PanelText, Where, string])[] = [
  [
    {
      title: 'Not ready',
      description: 'How often a node went out of service: it says so itself, or is not heard of any more.',
    },
    ofNodes(notReady),
    colours.bad,
  ],
  [
    { title: 'Rebooted', description: 'How often a node came back with another boot.' },
    ofNodes(rebooted),
    colours.notice,
  ],
  [
    {
      title: 'Pressure',
      description: 'How often a node ran short of memory, disk or process numbers, or could not free disk.',
    },
    ofNodes(pressure),
    colours.bad,
  ],
  [
    {
      title: 'Evicted',
      description:
        'How often a pod was ended by its node, or by a taint of its node. A drained pod is not told.',
    },
    ofPods(evictions),
    colours.bad,
  ],
  [
    {
      title: 'Out of memory',
      description:
        'How often the kernel killed for lack of memory. The same kill can be told by the kubelet, ' +
        'by node-problem-detector and of the container: each counts.',
    },
    memory,
    colours.bad,
  ],
  [
    {
      title: 'Other problems',
      description: 'What node-problem-detector found besides lack of memory. It has to be installed.',
    },
    ofNodes(problems),
    colours.bad,
  ],
];

const stateText: PanelText = {
  title: 'Coming and going',
  description: 'What became of nodes: red went out of service, green came back, yellow is to be known of.',
};
const stateColours = {
  NodeNotReady: [fixedColour(colours.bad)],
  NodeReady: [fixedColour(colours.good)],
  Rebooted: [fixedColour(colours.notice)],
};
const pressureGraph = [
  {
    title: 'Pressure',
    description:
      'NodeHas…Pressure and NodeHasInsufficient… set a taint; EvictionThresholdMet ends pods; …GCFailed and FreeDiskSpaceFailed fill the disk.',
    noData: 'No pressure',
  },
  ofNodes(pressure),
] as const;
const problemGraph = [
  {
    title: 'Problems that node-problem-detector found',
    description:
      'ConntrackFull, KernelDeadlock, TaskHung, … by reason. Empty where it is not installed, too.',
    noData: 'No problems',
  },
  ofNodes(problems),
] as const;
const memoryGraph = [
  {
    title: 'Out of memory',
    description:
      'SystemOOM is the kubelet, OOMKilling node-problem-detector, OOMKilled the exporter with terminations on: one kill can be in all three.',
    noData: 'Nothing killed',
  },
  memory,
] as const;
const evictionGraph = [
  {
    title: 'Evictions by reason',
    description:
      'Evicted: the node was short of something. TaintManagerEviction: its taint. NodeShutdown: it was shut down.',
    noData: 'No evictions',
  },
  ofPods(evictions),
] as const;

function byReason(
  text: PanelText,
  where: Where,
  query: Queries,
  series: Readonly<Record<string, readonly DynamicConfigValue[]>> = {},
): Panel {
  return graph(text, {
    style: 'bars',
    queries: [rangeQuery('A', query.occurrences(['reason'], where), '{{reason}}')],
    series,
  });
}

function evicted(query: Queries): Panel {
  return graph(
    {
      title: 'Evictions by namespace',
      description: 'Evicted pods, of the ten namespaces with the most at each step.',
      noData: 'No evictions',
    },
    {
      style: 'bars',
      queries: [
        rangeQuery('A', `topk(10, ${query.occurrences(['namespace'], ofPods(evictions))})`, '{{namespace}}'),
      ],
    },
  );
}

function reasons(query: Queries): Panel {
  return table(
    {
      title: 'Reasons',
      description:
        'All that is said of nodes, by reason, in this time and in the same time a day before: ' +
        'reasons of your own monitors and autoscalers too. A reason leads to its events.',
    },
    {
      queries: [
        instantQuery('A', query.occurrences(['reason'], ofNodes())),
        instantQuery('B', query.occurrences(['reason'], ofNodes(), { offset: '1d' })),
      ],
      transformations: [
        merge,
        organize({ reason: 'Reason', 'Value #A': 'Occurrences', 'Value #B': 'A day before' }),
      ],
      sortBy: 'Occurrences',
      columns: { Reason: [cellLink('Its events', uids.overview, { reason: 'Reason' }, placesOf(query))] },
    },
  );
}
