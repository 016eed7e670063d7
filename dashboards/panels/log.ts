import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { lokiSource } from '../variables.ts';
import { logQuery, noEvents, type PanelText } from './common.ts';

/** The entries themselves, newest first. @param expr a log query */
export function log(text: PanelText, expr: string): Panel {
  return new PanelBuilder()
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
    .targets([logQuery('A', expr, 500)])
    .build();
}
