import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { EventDashboard } from './dashboard.ts';
import { exploreLinks } from './explore.ts';
import { type Shelf, shelf } from './layout.ts';
import { cellLink, lineLink } from './links.ts';
import { severityColours } from './meaning.ts';
import { colours, instantQuery, rangeQuery } from './panels/common.ts';
import { log } from './panels/log.ts';
import { tally, tallyOfReasons } from './panels/tally.ts';
import { timeline } from './panels/timeline.ts';
import { total } from './panels/total.ts';
import type { Queries } from './query.ts';
import { firstSeen, lastSeen } from './seen.ts';
import { uids } from './uids.ts';
import { textBox, variables } from './variables.ts';

/** The object that the text box names. */
const own = { name: '$name' } as const;

const noObject = 'Nothing about it in this time: is Name one whole name?';

/** What happened to one object, and where it ran; Loki has it when the object is long gone. */
export function object(query: Queries): EventDashboard {
  return {
    uid: uids.object,
    title: 'Kubernetes events / Object timeline',
    description:
      'What happened to one object, whether it still exists or not, with the node that it ran on and with what owns ' +
      'it. Follow a link from a table, or type its whole name.',
    variables: [
      ...variables(query),
      textBox('name', 'Name', "One object's whole name; a regular expression (RE2) for more."),
    ],
    sections: [
      { title: 'In this time', shelves: [totals(query)] },
      { title: 'Timeline', shelves: [shelf(9, lanes(query)), shelf(9, reasonLanes(query))] },
      { title: 'In numbers', shelves: numbers(query) },
      {
        title: 'Events',
        shelves: [
          shelf(
            14,
            log(
              {
                title: 'Events of the object and of its owners',
                description:
                  'All that was said of the object and of those whose names its own begins with, of any kind, newest ' +
                  'first. The details of a line lead to the timeline of its object.',
                noData: noObject,
              },
              family(query),
              exploreLinks(query),
              [lineLink(query)],
            ),
          ),
        ],
      },
    ],
  };
}

/**
 * The entries of the object and of its owners, with the lane that each belongs to. An owner is told by its name: Pod
 * `web-5d4f8c7b9-x2x4z`, ReplicaSet `web-5d4f8c7b9`, Deployment `web`. So there are no more lanes than a name has parts,
 * times the few kinds that share a name, however many Pods a workload has.
 */
function family(query: Queries): string {
  const begins = 'hasPrefix (print .name "-") "$name-"';
  const lane = `{{ if ${begins} }}{{ .kind }}/{{ .name }}{{ end }}`;
  return `${query.entries({ kind: '.*' })} | label_format lane=\`${lane}\` | lane!=\`\``;
}

function totals(query: Queries): Shelf {
  const plain = [{ value: null, color: colours.Normal }];
  const warning = { ...own, type: 'Warning' };
  return shelf(
    4,
    total(
      { title: 'Occurrences', description: 'How often something was said of the object.' },
      { query: instantQuery('A', query.occurrences([], own)), thresholds: plain },
    ),
    total(
      { title: 'Warnings', description: 'How much of that was of type Warning.' },
      {
        query: instantQuery('A', query.occurrences([], warning)),
        thresholds: [
          { value: null, color: colours.good },
          { value: 1, color: colours.Warning },
        ],
      },
    ),
    total(
      {
        title: 'First seen',
        description: 'When the oldest of its events began, which can be before this time.',
        noData: 'Never',
      },
      { query: instantQuery('A', firstSeen(query, [], own)), unit: 'dateTimeAsSystem', thresholds: plain },
    ),
    total(
      { title: 'Last seen', description: 'When its newest event occurred.', noData: 'Never' },
      { query: instantQuery('A', lastSeen(query, [], own)), unit: 'dateTimeFromNow', thresholds: plain },
    ),
  );
}

function lanes(query: Queries): Panel {
  const ofObject = query.entries(own);
  return timeline(
    {
      title: 'Timeline',
      description:
        'Node is where the object was, and Last event what was said of it last; each holds until the next one. ' +
        'Below are the object and its owners, a lane for each type: how often something occurred in each step.',
      noData: noObject,
    },
    {
      states: [
        ...(query.has('node')
          ? [
              {
                title: 'Node',
                states: `${ofObject} | node!=\`\` | line_format \`{{ .node }}\``,
              },
            ]
          : []),
        {
          title: 'Last event',
          states: `${ofObject} | line_format \`{{ .reason }}\``,
          mappings: severityColours(),
        },
      ],
      counts: [rangeQuery('A', query.counted(family(query), ['lane', 'type']), '{{lane}} {{type}}')],
    },
  );
}

function reasonLanes(query: Queries): Panel {
  return timeline(
    {
      title: 'Reasons over time',
      description: 'How often each reason was given for the object in each step.',
      noData: noObject,
    },
    { counts: [rangeQuery('A', query.occurrences(['reason', 'type'], own), '{{reason}}, {{type}}')] },
  );
}

function numbers(query: Queries): Shelf[] {
  const reasons = tallyOfReasons(
    {
      title: 'Reasons',
      description:
        'What was said of the object, how often, when first and last. A reason leads to everything that has it.',
      noData: noObject,
    },
    {
      query,
      where: own,
      wanted: () => true,
      link: cellLink('Everything with this reason', uids.overview, { reason: 'Reason' }, query),
    },
  );
  const nodes = tally(
    {
      title: 'Nodes',
      description:
        'Where it was, as the scheduler and the kubelet say: an object of the same name can have been on several.',
      noData: 'No event names a node',
    },
    { query, by: 'node', column: 'Node', where: { ...own, node: '.+' } },
  );
  const placed = [{ panel: reasons, width: 16 }, ...(query.has('node') ? [{ panel: nodes, width: 8 }] : [])];
  return placed.length === 2 ? [{ height: 9, panels: placed }] : [shelf(9, reasons)];
}
