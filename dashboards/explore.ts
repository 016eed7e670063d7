import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Field } from './profile.ts';
import { type Queries, selectable } from './query.ts';
import { within } from './token.ts';
import { lokiSource } from './variables.ts';

/** Links of a panel to the selected streams in Explore and in Logs Drilldown, at the same time. */
export function exploreLinks(query: Queries): DashboardLink[] {
  return [panelLink('Explore', exploreUrl(query)), panelLink('Logs Drilldown', drilldownUrl(query))];
}

/**
 * Explore, as Grafana 10 and later have it. What stands in text boxes is left out: no format of a variable escapes it
 * for the JSON in this link.
 */
function exploreUrl(query: Queries): string {
  const labels = selectable.filter(field => isLabel(query, field));
  const matchers = labels.map(field => `${query.nameOf(field)}=~"\${${field}:pipe}"`);
  // The one other variable with values to choose from.
  const filter = query.has('type') && !isLabel(query, 'type') ? '| type=~`${type:pipe}`' : '';
  const stages = [`{${[query.source, ...matchers].join(', ')}}`, query.profile.parser, filter];
  const target = {
    refId: 'A',
    datasource: lokiSource,
    expr: stages.filter(stage => stage !== '').join(' '),
    queryType: 'range',
    editorMode: 'code',
  };
  const pane = {
    datasource: lokiSource.uid,
    queries: [target],
    range: { from: '${__from}', to: '${__to}' },
  };
  // Explore names its panes with three characters.
  return `/explore?schemaVersion=1&panes=${encoded(within(JSON.stringify({ kev: pane }), 'json', 'url'))}`;
}

/**
 * Logs Drilldown with the selected labels as filters. A variable with several values becomes a filter for each, which
 * the app joins; for "All" there is none.
 */
function drilldownUrl(query: Queries): string {
  const filters = selectable
    .filter(field => isLabel(query, field))
    .map(field => `\${${field}:customqueryparam:var-filters:${query.nameOf(field)}|=|}`);
  const parameters = [
    `var-ds=${lokiSource.uid}`,
    `var-filters=${encoded(`job|=|${within(query.job, 'url')}`)}`,
    ...filters,
    '${__url_time_range}',
  ];
  // The app writes a slash in a label's value as a dash.
  const slug = within(query.job, 'dashed', 'url');
  return `/a/grafana-lokiexplore-app/explore/job/${slug}/logs?${parameters.join('&')}`;
}

function panelLink(title: string, url: string): DashboardLink {
  const link = new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).build();
  // The builder puts it where older Grafana versions don't look.
  const { placement: _, ...rest } = link;
  return rest;
}

function isLabel(query: Queries, field: Field): boolean {
  return query.profile.labels.includes(field);
}

/** Encodes a text for a URL, all but the variables in it, which Grafana replaces there, and the tokens. */
function encoded(text: string): string {
  return text
    .split(/([$@]\{[^}]*\})/)
    .map((part, index) => (index % 2 === 0 ? encodeURIComponent(part) : part))
    .join('');
}
