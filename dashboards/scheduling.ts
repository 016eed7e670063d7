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
import type { Queries } from './query.ts';
import * as trouble from './scheduling-queries.ts';
import { listed } from './seen.ts';
import { uids } from './uids.ts';
import { newestWorkloads } from './workloads.ts';

/** Why pods wait: for a node, for leave to be made, for a volume or for an image. */
export function scheduling(query: Queries): EventDashboard {
  return {
    uid: uids.scheduling,
    title: 'Kubernetes events / Scheduling and capacity',
    description:
      'Why pods wait: for a node, for a quota, for a volume or for an image. ' +
      'Each panel has reasons of its own, and events of both types.',
    variables: variablesOfPlaces(query, trouble.causeVariable()),
    sections: [
      {
        title: 'In this time',
        shelves: [
          shelf(
            4,
            ...totals.map(([text, pipeline]) =>
              total(text, {
                query: instantQuery('A', query.counted(pipeline(query), [])),
                thresholds: [
                  { value: null, color: colours.good },
                  { value: 1, color: colours.bad },
                ],
              }),
            ),
          ),
        ],
      },
      {
        title: 'Why pods get no node',
        shelves: [
          shelf(10, byCause(causesText, trouble.unscheduledByCause, query), causes(query)),
          shelf(9, ...waiting(query)),
          shelf(
            10,
            log(
              {
                title: 'What schedulers say',
                description: 'Messages with the chosen Cause, newest first. A message counts nodes by cause.',
                noData: 'Every pod got a node',
              },
              trouble.unscheduledFor(query),
              [],
              [lineLink(query)],
            ),
          ),
        ],
      },
      {
        title: 'What may not be created',
        shelves: [shelf(9, byCause(refusalText, trouble.refusedByCause, query), quotas(query))],
      },
      {
        title: 'Making room',
        shelves: [
          shelf(9, over('Preempted pods', preemptedText, trouble.preempted, query), podAutoscalers(query)),
          shelf(9, nodeAutoscalers(query), byCause(noScaleUpText, trouble.notScaledUpByCause, query)),
        ],
      },
      {
        title: 'Volumes and images',
        shelves: [
          shelf(
            9,
            byReason(volumeText, trouble.volumeFailures, query),
            byCause(imageText, trouble.imageFailuresByCause, query),
          ),
          shelf(
            9,
            over('Volume failures', 'What could not get its volume', trouble.volumeFailures, query),
            over('Image failures', 'What could not get its image', trouble.imageFailures, query),
          ),
        ],
      },
    ],
  };
}

type Pipeline = (query: Queries) => string;

const totals: readonly (readonly [PanelText, Pipeline])[] = [
  [
    {
      title: 'No node',
      description: 'How often a scheduler found no node for a pod. It tries again, so one pod counts often.',
    },
    trouble.unscheduled,
  ],
  [
    { title: 'Quota exceeded', description: 'How often a quota forbade to create something.' },
    trouble.quotaExceeded,
  ],
  [
    { title: 'Preempted', description: 'Pods that were ended to make room for others of higher priority.' },
    trouble.preempted,
  ],
  [
    {
      title: 'Autoscaler failures',
      description: 'How often a HorizontalPodAutoscaler could not do its work. Node autoscalers are below.',
    },
    trouble.podAutoscalingFailures,
  ],
  [
    {
      title: 'Volume failures',
      description: 'How often a volume could not be made, attached, mounted or resized.',
    },
    trouble.volumeFailures,
  ],
  [{ title: 'Image failures', description: 'How often an image could not be had.' }, trouble.imageFailures],
];

const causesText: PanelText = {
  title: 'Cause',
  description:
    'In the words of the message. It may tell several, for each node another, and counts under one: ' +
    'what a node lacks comes before volumes, these before affinity, and that before taints.',
  noData: 'Every pod got a node',
};
const refusalText: PanelText = {
  title: 'Refused, by cause',
  description: 'FailedCreate of ReplicaSets, Jobs, … by what the API server answered.',
  noData: 'Nothing refused',
};
const noScaleUpText: PanelText = {
  title: 'Why the cluster does not grow',
  description:
    'NotTriggerScaleUp of cluster-autoscaler, by cause: limits of its own come before what a new node would lack too.',
  noData: 'Nothing held back',
};
const volumeText: PanelText = {
  title: 'Volumes, by reason',
  description:
    'FailedMount and FailedAttachVolume keep a pod from starting; ProvisioningFailed and FailedBinding its claim.',
  noData: 'No failures',
};
const imageText: PanelText = {
  title: 'Images, by cause',
  description: 'Failed pulls, by what the registry or the node answered.',
  noData: 'No failures',
};
const preemptedText = 'Who had to leave for pods of higher priority';

function byCause(text: PanelText, pipeline: Pipeline, query: Queries) {
  return graph(text, {
    style: 'bars',
    queries: [rangeQuery('A', query.counted(pipeline(query), ['cause']), '{{cause}}')],
  });
}

function byReason(text: PanelText, pipeline: Pipeline, query: Queries) {
  return graph(text, {
    style: 'bars',
    queries: [rangeQuery('A', query.counted(pipeline(query), ['reason']), '{{reason}}')],
  });
}

function over(title: string, what: string, pipeline: Pipeline, query: Queries) {
  return graph(
    {
      title: `${title}, by namespace`,
      description: `${what}: the ten namespaces with the most at each step.`,
      noData: 'None',
    },
    {
      style: 'bars',
      queries: [
        rangeQuery('A', `topk(10, ${query.counted(pipeline(query), ['namespace'])})`, '{{namespace}}'),
      ],
    },
  );
}

function causes(query: Queries) {
  const all = trouble.unscheduledByCause(query);
  return table(
    {
      title: 'Causes',
      description:
        'In this time and in the same time a day before. A cause leads to the pods that wait for it.',
      noData: 'Every pod got a node',
    },
    {
      queries: [
        instantQuery('A', query.counted(all, ['cause'])),
        instantQuery('B', query.counted(all, ['cause'], { offset: '1d' })),
      ],
      transformations: [
        merge,
        organize({ cause: 'Cause', 'Value #A': 'Occurrences', 'Value #B': 'A day before' }),
      ],
      sortBy: 'Occurrences',
      columns: {
        Cause: [cellLink('Who waits for it', uids.scheduling, { cause: 'Cause' }, placesOf(query))],
      },
    },
  );
}

function waiting(query: Queries) {
  const byNamespace = graph(
    {
      title: 'Waiting namespaces',
      description:
        'Whose pods got no node, for the chosen Cause: the ten namespaces with the most at each step.',
      noData: 'Every pod got a node',
    },
    {
      style: 'bars',
      queries: [
        rangeQuery(
          'A',
          `topk(10, ${query.counted(trouble.unscheduledFor(query), ['namespace'])})`,
          '{{namespace}}',
        ),
      ],
    },
  );
  if (!query.has('workload')) return [byNamespace];
  const text = {
    title: 'Waiting workloads',
    description: `Whose pods got no node, for the chosen Cause: the ${listed} workloads that were told so last.`,
    noData: 'Every pod got a node',
  };
  const options = { entries: trouble.unscheduledFor(query), carried: placesOf(query) };
  return [newestWorkloads(text, query, options), byNamespace];
}

function quotas(query: Queries) {
  return table(
    {
      title: 'Quota exceeded, by namespace',
      description: 'Where a quota forbade to create something. A namespace leads to its Warnings.',
      noData: 'No quota exceeded',
    },
    {
      queries: [instantQuery('A', query.counted(trouble.quotaExceeded(query), ['namespace']))],
      transformations: [organize({ namespace: 'Namespace', 'Value #A': 'Occurrences' })],
      sortBy: 'Occurrences',
      columns: {
        Namespace: [cellLink('Its Warnings', uids.warnings, { namespace: 'Namespace' }, placesOf(query))],
      },
    },
  );
}

function podAutoscalers(query: Queries) {
  return graph(
    {
      title: 'HorizontalPodAutoscalers',
      description:
        'SuccessfulRescale is their work; FailedGet…Metric means that they see nothing and stand still.',
      noData: 'Nothing scaled',
    },
    {
      style: 'bars',
      queries: [rangeQuery('A', query.counted(trouble.podAutoscaling(query), ['reason']), '{{reason}}')],
      series: { SuccessfulRescale: [fixedColour(colours.good)] },
    },
  );
}

function nodeAutoscalers(query: Queries) {
  return graph(
    {
      title: 'Node autoscalers',
      description:
        'What cluster-autoscaler and Karpenter did with nodes, of the whole cluster: Namespace and Workload do not matter here.',
      noData: 'Nothing scaled',
    },
    {
      style: 'bars',
      queries: [rangeQuery('A', query.counted(trouble.nodeAutoscaling(query), ['reason']), '{{reason}}')],
      series: {
        TriggeredScaleUp: [fixedColour(colours.good)],
        ScaledUpGroup: [fixedColour(colours.good)],
        NotTriggerScaleUp: [fixedColour(colours.notice)],
        FailedToScaleUpGroup: [fixedColour(colours.bad)],
      },
    },
  );
}
