import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { lokiSource } from '../variables.ts';
import type { PanelText } from './common.ts';

export interface TotalOptions {
  readonly query: DataqueryBuilder;
  readonly unit?: string;
  /** Colours from these values on; the first has no value. */
  readonly thresholds: readonly Threshold[];
}

/** One number for the whole time. Without data it is 0: nothing occurred. */
export function total(text: PanelText, { query, unit = 'short', thresholds }: TotalOptions): Panel {
  return new PanelBuilder()
    .title(text.title)
    .description(text.description)
    .noValue(text.noData ?? '0')
    .datasource(lokiSource)
    .unit(unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...thresholds]))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets([query])
    .build();
}
