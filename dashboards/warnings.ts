import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { EventReason } from '../exporter/event/reasons/reason.ts';
import type { EventDashboard } from './dashboard.ts';
import { exploreLinks } from './explore.ts';
import { type Shelf, shelf } from './layout.ts';
import { cellLink, lineLink, objectLink } from './links.ts';
import { colours, instantQuery, rangeQuery } from './panels/common.ts';
import { graph } from './panels/graph.ts';
import { columnNames, type Listed, listing } from './panels/listing.ts';
import { log } from './panels/log.ts';
import { tally, tallyOfReasons } from './panels/tally.ts';
import { total } from './panels/total.ts';
import type { Field } from './profile.ts';
import type { Queries } from './query.ts';
import { anyOf, reasonsWhere } from './reasons.ts';
import { listed, mostRepeated, newest } from './seen.ts';
import { uids } from './uids.ts';
import { lastSeenColumn, newestWorkloads } from './workloads.ts';

const warning = { type: 'Warning' } as const;

/** Reasons that tell of trouble in events of type Normal: a search for Warnings misses them. */
const troubleOfTypeNormal = (entry: EventReason) =>
  entry.type === 'Normal' && (entry.severity === 'critical' || entry.severity === 'warning');

/** From the cluster to the object: what goes wrong, where, since when, and what it means. */
export function warnings(query: Queries): EventDashboard {
  return {
    uid: uids.warnings,
    title: 'Kubernetes events / Warnings',
    description:
      'What goes wrong, where and since when. Each table leads on: a reason, a cluster, a namespace or a workload ' +
      'narrows this dashboard down to it, and an object leads to its timeline.',
    sections: [
      { title: 'In this time', shelves: [totals(query)] },
      {
        title: 'What',
        shelves: [
          shelf(
            8,
            over('reason', 'Reasons over time', query),
            over('namespace', 'Namespaces over time', query),
          ),
          shelf(11, reasons(query)),
        ],
      },
      {
        title: 'Where',
        shelves: [
          shelf(
            9,
            ...(query.has('cluster') ? [place('cluster', 'Clusters', 'Cluster', query)] : []),
            place('namespace', 'Namespaces', 'Namespace', query),
            place('kind', 'Kinds', 'Kind', query),
          ),
          ...(query.has('workload')
            ? [shelf(9, newestWorkloads(workloadText, query, { entries: query.entries(warning) }))]
            : []),
        ],
      },
      { title: 'Which objects', shelves: [shelf(11, newestEvents(query)), ...mostRepeatedEvents(query)] },
      {
        title: 'Trouble of type Normal',
        shelves: [shelf(8, normalTrouble(query))],
      },
      {
        title: 'Events',
        shelves: [
          shelf(
            12,
            log(
              {
                title: 'Events',
                description:
                  'Events of both types, unless Type says otherwise, newest first: what is Normal often tells what ' +
                  'came before. The details of a line lead to the timeline of its object.',
              },
              query.entries(),
              exploreLinks(query),
              [lineLink(query)],
            ),
          ),
        ],
      },
    ],
  };
}

function totals(query: Queries): Shelf {
  const count = (field: Field) => `count(${query.occurrences([field], warning)})`;
  const some = [
    { value: null, color: colours.good },
    { value: 1, color: colours.Warning },
  ];
  return shelf(
    4,
    total(
      { title: 'Warnings', description: 'How often events of type Warning occurred.' },
      { query: instantQuery('A', query.occurrences([], warning)), thresholds: some },
    ),
    total(
      {
        title: 'Against the day before',
        description: 'Warnings in this time, divided by those in the same time a day before.',
        noData: 'None the day before',
      },
      {
        query: instantQuery(
          'A',
          `${query.occurrences([], warning)} / ${query.occurrences([], warning, { offset: '1d' })}`,
        ),
        thresholds: [
          { value: null, color: colours.good },
          { value: 2, color: colours.notice },
          { value: 5, color: colours.bad },
        ],
      },
    ),
    total(
      { title: 'Reasons', description: 'How many different reasons these Warnings have.' },
      { query: instantQuery('A', count('reason')), thresholds: some },
    ),
    total(
      { title: 'Namespaces', description: 'How many namespaces they are in.' },
      { query: instantQuery('A', count('namespace')), thresholds: some },
    ),
  );
}

function over(field: Field, title: string, query: Queries): Panel {
  return graph(
    {
      title,
      description: `Warnings for each step of the graph, by ${field}: the ten with the most at each step.`,
    },
    {
      style: 'bars',
      queries: [
        rangeQuery('A', `topk(10, ${query.occurrences([field], warning)})`, `{{${query.nameOf(field)}}}`),
      ],
    },
  );
}

function reasons(query: Queries): Panel {
  return tallyOfReasons(
    {
      title: 'Reasons',
      description:
        'Warnings by reason. First seen is when the oldest of them began, which can be before this time. ' +
        'Severity and Meaning are from the catalogue of reasons. A reason leads to its own Warnings.',
      noData: 'No Warnings',
    },
    {
      query,
      where: warning,
      // Others than Kubernetes give its reasons of type Normal as Warnings too.
      wanted: () => true,
      link: cellLink('Only this reason', uids.warnings, { reason: 'Reason' }, query),
    },
  );
}

function place(by: Field, title: string, column: string, query: Queries): Panel {
  return tally(
    {
      title,
      description: `Warnings by ${by}, and when the first and the last of them were. A row leads to its own Warnings.`,
      noData: 'No Warnings',
    },
    {
      query,
      by,
      column,
      where: warning,
      link: cellLink(`Only this ${by}`, uids.warnings, { [by]: column }, query),
    },
  );
}

const workloadText = {
  title: 'Workloads',
  description:
    `The ${listed} workloads that had a Warning last: a Deployment, a Job, …, or a Pod that none of them named. ` +
    'A workload leads to its own Warnings.',
  noData: 'No Warnings',
};

/** What tells one event from another, as far as the data says it. */
const eventFields: readonly Listed[] = ['cluster', 'namespace', 'kind', 'name', 'reason', 'first_seen'];

function having(query: Queries, wanted: readonly Listed[]): readonly Listed[] {
  return wanted.filter(field => query.has(field));
}

function timelineOf(query: Queries) {
  const { cluster, namespace, kind, name } = columnNames;
  return {
    from: 'name',
    to: objectLink(query, { ...(query.has('cluster') && { cluster }), namespace, kind, name }),
  } as const;
}

function newestEvents(query: Queries): Panel {
  const by = having(query, eventFields);
  return listing(
    {
      title: 'Newest Warnings',
      description:
        `The ${listed} Warnings that occurred last, a row for each event, with the object that it is about. ` +
        'A name leads to the timeline of the object, which tells how often.',
      noData: 'No Warnings',
    },
    {
      query,
      by,
      expr: newest(query, by, query.entries(warning)),
      value: lastSeenColumn,
      link: timelineOf(query),
    },
  );
}

function mostRepeatedEvents(query: Queries): Shelf[] {
  if (!query.has('count')) return [];
  const by = having(query, eventFields);
  const panel = listing(
    {
      title: 'Most repeated Warnings',
      description:
        `The ${listed} Warnings with the largest counts. The count is the event's own, as kubectl shows it: since it ` +
        'was first seen, and not only in this time.',
      noData: 'No Warnings',
    },
    {
      query,
      by,
      expr: mostRepeated(query, by, warning),
      value: { column: 'Count', unit: 'short' },
      link: timelineOf(query),
    },
  );
  return [shelf(11, panel)];
}

function normalTrouble(query: Queries): Panel {
  return tallyOfReasons(
    {
      title: 'Normal events that tell of trouble',
      description:
        'Kubernetes gives some of its bad news the type Normal, so that the panels above leave it out. ' +
        'These follow all variables but Reason and Type.',
      noData: 'None',
    },
    {
      query,
      where: { type: 'Normal', reason: anyOf(reasonsWhere(troubleOfTypeNormal)) },
      wanted: troubleOfTypeNormal,
      link: cellLink('Events of this reason', uids.overview, { reason: 'Reason' }, query),
    },
  );
}
