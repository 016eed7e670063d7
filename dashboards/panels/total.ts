import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  type DataSourceRef,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { lokiSource } from '../variables.ts';
import type { PanelText } from './common.ts';

export interface TotalOptions {
  readonly query: Builder<Dataquery>;
  /** Where the query goes; Loki where it isn't given. */
  readonly source?: DataSourceRef;
  readonly unit?: string;
  /** Colours from these values on; the first has no value. */
  readonly thresholds: readonly Threshold[];
}

/** One number for the whole time. Without data it is 0: nothing occurred. */
export function total(
  text: PanelText,
  { query, unit = 'short', thresholds, source = lokiSource }: TotalOptions,
): Panel {
  return new PanelBuilder()
    .title(text.title)
    .description(text.description)
    .noValue(text.noData ?? '0')
    .datasource(source)
    .unit(unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...thresholds]))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets([query])
    .build();
}
