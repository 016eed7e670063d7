import { type DashboardJson, linksOf, type VariableJson } from './dashboard-json.ts';
import type { Rule } from './rule.ts';

/** Grafana's own apps that a link may lead to. */
const apps = ['/explore?', '/a/grafana-lokiexplore-app/'];

/** Links lead somewhere, and carry what is known there. */
export const linkRules: readonly Rule[] = [
  {
    name: 'links lead to dashboards that are there, or to apps of Grafana',
    *check(dashboard, folder) {
      for (const { link, place } of linksOf(dashboard)) {
        const uid = uidOf(link.url);
        if (uid === undefined) {
          if (!apps.some(app => link.url.startsWith(app)) && !/^https:\/\//.test(link.url)) {
            yield `${place}: leads to ${link.url}`;
          }
        } else if (!folder.some(other => other.uid === uid)) yield `${place}: no dashboard ${uid}`;
        if (!link.title) yield `${place}: a link without a title`;
      }
    },
  },
  {
    name: 'links carry variables of the same kind that are there, and the time',
    *check(dashboard, folder) {
      for (const { link, place } of linksOf(dashboard)) {
        const target = folder.find(other => other.uid === uidOf(link.url));
        if (target === undefined) continue;
        const { set, carried } = variablesOf(link.url);
        for (const name of [...set, ...carried]) {
          if (find(target, name) === undefined) yield `${place}: ${target.title} has no $${name}`;
        }
        for (const name of carried) {
          const mine = find(dashboard, name);
          const theirs = find(target, name);
          if (mine === undefined) yield `${place}: carries $${name}, which is not here`;
          else if (theirs !== undefined && !fits(mine, theirs))
            yield `${place}: $${name} is of another type there`;
        }
        const twice = set.filter(name => carried.includes(name));
        if (twice.length > 0) yield `${place}: sets ${twice.join(', ')} twice`;
        if (!link.url.includes('${__url_time_range}')) yield `${place}: leaves the time behind`;
      }
    },
  },
  {
    name: 'nothing is lost by a link: what both dashboards have is carried or set',
    *check(dashboard, folder) {
      for (const { link, place } of linksOf(dashboard)) {
        const target = folder.find(other => other.uid === uidOf(link.url));
        if (target === undefined || target === dashboard) continue;
        const { set, carried } = variablesOf(link.url);
        for (const mine of dashboard.templating.list) {
          const theirs = find(target, mine.name);
          if (theirs === undefined || !fits(mine, theirs)) continue;
          if (![...set, ...carried].includes(mine.name)) yield `${place}: leaves $${mine.name} behind`;
        }
      }
    },
  },
  {
    name: 'the menu reaches the other dashboards, with variables and time',
    *check(dashboard, folder) {
      const menus = dashboard.links.filter(({ type }) => type === 'dashboards');
      if (menus.length === 0) yield 'no menu';
      for (const { title, tags = [], includeVars, keepTime } of menus) {
        const reached = folder.filter(other => tags.every(tag => other.tags?.includes(tag)));
        if (tags.length === 0 || reached.length < folder.length) {
          yield `${title}: reaches ${reached.length} of ${folder.length} dashboards`;
        }
        if (!includeVars || !keepTime) yield `${title}: leaves variables or the time behind`;
        for (const mine of dashboard.templating.list) {
          for (const other of reached) {
            const theirs = find(other, mine.name);
            if (theirs !== undefined && !fits(mine, theirs)) {
              yield `${title}: $${mine.name} is of another type in ${other.title}`;
            }
          }
        }
      }
    },
  },
];

function uidOf(url: string): string | undefined {
  return /^\/d\/([^/?]+)/.exec(url)?.[1];
}

/** Variables that a URL sets, and those that it carries as they are. */
function variablesOf(url: string): { set: string[]; carried: string[] } {
  return {
    set: Array.from(url.matchAll(/[?&]var-(\w+)=/g), match => match[1] ?? ''),
    carried: Array.from(url.matchAll(/\$\{(\w+):queryparam\}/g), match => match[1] ?? ''),
  };
}

function find(dashboard: DashboardJson, name: string): VariableJson | undefined {
  return dashboard.templating.list.find(variable => variable.name === name);
}

/** A data source's id is no use to a variable for another type of source. */
function fits(mine: VariableJson, theirs: VariableJson): boolean {
  if ((mine.type === 'datasource') !== (theirs.type === 'datasource')) return false;
  return mine.type !== 'datasource' || mine.query === theirs.query;
}
