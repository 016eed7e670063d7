import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import type { DashboardLink, DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { lokiSource } from '../variables.ts';
import { logQuery, noEvents, type PanelText } from './common.ts';

/**
 * The entries themselves, newest first.
 * @param expr a log query
 * @param links in the panel's corner
 * @param line properties of the line: its links stand in an entry's details
 */
export function log(
  text: PanelText,
  expr: string,
  links: readonly DashboardLink[] = [],
  line: readonly DynamicConfigValue[] = [],
): Panel {
  const builder = new PanelBuilder()
    .title(text.title)
    .description(text.description)
    .noValue(text.noData ?? noEvents)
    .datasource(lokiSource)
    .unit('short')
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
    .dedupStrategy(LogsDedupStrategy.None)
    .targets([logQuery('A', expr, 500)]);
  // Grafana calls it one or the other, by its feature `lokiLogsDataplane`.
  if (line.length > 0) builder.overrideByRegexp('/^(?:Line|body)$/', [...line]);
  const panel = builder.build();
  return links.length > 0 ? { ...panel, links: [...links] } : panel;
}
