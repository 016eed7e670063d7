import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import type { EventDashboard } from './dashboard.ts';
import { exploreLinks } from './explore.ts';
import { shelf } from './layout.ts';
import { cellLink, lineLink } from './links.ts';
import { colours, fixedColour, instantQuery, merge, organize, rangeQuery } from './panels/common.ts';
import { graph } from './panels/graph.ts';
import { log } from './panels/log.ts';
import { table } from './panels/table.ts';
import { total } from './panels/total.ts';
import type { Field } from './profile.ts';
import type { Queries } from './query.ts';
import { listed } from './seen.ts';
import { uids } from './uids.ts';
import { newestWorkloads } from './workloads.ts';

const warning = { type: 'Warning' } as const;
const dayBefore = { offset: '1d' } as const;

/** What goes on in the clusters, by type, reason, namespace, kind and workload, and against the day before. */
export function overview(query: Queries): EventDashboard {
  return {
    uid: uids.overview,
    title: 'Kubernetes events / Overview',
    description: 'How often which events occurred, against the day before, and what is new.',
    sections: [
      {
        title: 'In this time',
        shelves: [
          shelf(4, occurrences(query), warnings(query), warningShare(query), againstYesterday(query)),
        ],
      },
      {
        title: 'Over time',
        shelves: [
          shelf(8, byType(query), today(query)),
          shelf(9, over('reason', 'Reasons', query), over('namespace', 'Namespaces', query)),
          shelf(9, over('kind', 'Kinds', query), ...(query.has('workload') ? [workloads(query)] : [])),
        ],
      },
      {
        title: 'Where to look',
        shelves: [shelf(10, reasons(query), newReasons(query))],
      },
      {
        title: 'Events',
        shelves: [
          shelf(
            12,
            log(
              { title: 'Events', description: 'The events that the variables select, newest first.' },
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

const plain: readonly Threshold[] = [{ value: null, color: colours.Normal }];

function occurrences(query: Queries) {
  return total(
    {
      title: 'Occurrences',
      description:
        'How often events occurred. An event that repeats is one object whose count rises: each rise counts.',
    },
    { query: instantQuery('A', query.occurrences([])), thresholds: plain },
  );
}

function warnings(query: Queries) {
  return total(
    { title: 'Warnings', description: 'How often events of type Warning occurred.' },
    {
      query: instantQuery('A', query.occurrences([], warning)),
      thresholds: [
        { value: null, color: colours.good },
        { value: 1, color: colours.Warning },
      ],
    },
  );
}

function warningShare(query: Queries) {
  return total(
    {
      title: 'Warning share',
      description: 'Of all occurrences, those of type Warning. A healthy cluster has few.',
    },
    {
      query: instantQuery('A', `${query.occurrences([], warning)} / ${query.occurrences([])}`),
      unit: 'percentunit',
      thresholds: [
        { value: null, color: colours.good },
        { value: 0.1, color: colours.notice },
        { value: 0.5, color: colours.bad },
      ],
    },
  );
}

function againstYesterday(query: Queries) {
  return total(
    {
      title: 'Warnings against the day before',
      description:
        'Warnings in this time, divided by those in the same time a day before: 1 is as many, 2 twice as many.',
      noData: 'None the day before',
    },
    {
      query: instantQuery(
        'A',
        `${query.occurrences([], warning)} / ${query.occurrences([], warning, dayBefore)}`,
      ),
      thresholds: [
        { value: null, color: colours.good },
        { value: 2, color: colours.notice },
        { value: 5, color: colours.bad },
      ],
    },
  );
}

function byType(query: Queries) {
  return graph(
    { title: 'By type', description: 'Occurrences for each step of the graph, Normal and Warning.' },
    {
      style: 'bars',
      queries: [rangeQuery('A', query.occurrences(['type']), '{{type}}')],
      series: { Normal: [fixedColour(colours.Normal)], Warning: [fixedColour(colours.Warning)] },
    },
  );
}

function today(query: Queries) {
  return graph(
    {
      title: 'Warnings, and the day before',
      description: 'Warnings for each step of the graph; gray is the same time a day before.',
    },
    {
      style: 'line',
      queries: [
        rangeQuery('A', query.occurrences([], warning), 'Now'),
        rangeQuery('B', query.occurrences([], warning, dayBefore), 'A day before'),
      ],
      series: { Now: [fixedColour(colours.Warning)], 'A day before': [fixedColour(colours.before)] },
    },
  );
}

function over(field: Field, title: string, query: Queries) {
  return graph(
    { title, description: `Occurrences for each step of the graph, of the ten with the most at each step.` },
    { style: 'bars', queries: [rangeQuery('A', `topk(10, ${query.occurrences([field])})`, `{{${field}}}`)] },
  );
}

function workloads(query: Queries) {
  return newestWorkloads(
    {
      title: 'Workloads',
      description:
        `The ${listed} workloads that had an event last: a Deployment, a Job, …, or a Pod that none of them named. ` +
        'A workload leads to its Warnings.',
    },
    query,
  );
}

function reasons(query: Queries) {
  return table(
    {
      title: 'Reasons',
      description:
        'Occurrences by reason in this time, and in the same time a day before. A reason leads to its Warnings.',
    },
    {
      queries: [
        instantQuery('A', query.occurrences(['reason'])),
        instantQuery('B', query.occurrences(['reason'], {}, dayBefore)),
      ],
      transformations: [
        merge,
        organize({ reason: 'Reason', 'Value #A': 'Occurrences', 'Value #B': 'A day before' }),
      ],
      sortBy: 'Occurrences',
      columns: { Reason: [cellLink('Its Warnings', uids.warnings, { reason: 'Reason' }, query)] },
    },
  );
}

function newReasons(query: Queries) {
  const before = query.occurrences(['reason'], {}, { range: '7d', offset: '$__range' });
  return table(
    {
      title: 'New reasons',
      description: 'Reasons of this time that did not occur in the week before it.',
      noData: 'Nothing new',
    },
    {
      queries: [instantQuery('A', `${query.occurrences(['reason'])} unless ${before}`)],
      transformations: [organize({ reason: 'Reason', 'Value #A': 'Occurrences' })],
      sortBy: 'Occurrences',
      columns: { Reason: [cellLink('Its Warnings', uids.warnings, { reason: 'Reason' }, query)] },
    },
  );
}
