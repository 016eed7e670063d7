import {
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { lokiSource } from '../variables.ts';
import { colours, fixedColour, logQuery, noEvents, type PanelText } from './common.ts';

/** A lane whose states are lines: each holds until the next one. */
export interface StateLane {
  readonly title: string;
  /** A log query whose lines are the states. */
  readonly states: string;
  /** Colours by state. */
  readonly mappings?: readonly ValueMapping[];
}

export interface TimelineOptions {
  readonly states?: readonly StateLane[];
  /** Range queries with a lane for each series: how often within each step. Legends end with the type. */
  readonly counts: readonly DataqueryBuilder[];
}

/** Steps across the panel: blocks stay wide enough to see. */
const steps = 120;
/** States of a lane: a log query meets no limit of series, but one of lines. */
const maxStates = 1000;

/** Lanes over time, states first. */
export function timeline(text: PanelText, { states = [], counts }: TimelineOptions): Panel {
  const lanes = states.map((lane, index) => ({ ...lane, refId: `State${index + 1}` }));
  const builder = new PanelBuilder()
    .title(text.title)
    .description(text.description)
    .noValue(text.noData ?? noEvents)
    .datasource(lokiSource)
    .unit('short')
    // Grafana's own would be green, which is good elsewhere.
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colours.neutral))
    .maxDataPoints(steps)
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
    .targets([...lanes.map(({ refId, states }) => logQuery(refId, states, maxStates)), ...counts])
    .overrideByRegexp('/Normal$/', [fixedColour(colours.Normal)])
    .overrideByRegexp('/Warning$/', [fixedColour(colours.Warning)]);
  // Entries have more fields than the time and the line, and each would be a lane.
  if (lanes.length > 0) builder.transformations([onlyLines]);
  for (const lane of lanes) builder.overrideByQuery(lane.refId, propertiesOf(lane));
  return builder.build();
}

/** The fields of entries, by the names that Grafana gives them with and without `lokiLogsDataplane`. */
const onlyLines = {
  id: 'organize',
  options: {
    excludeByName: Object.fromEntries(
      ['labels', 'attributes', 'labelTypes', 'tsNs', 'id'].map(name => [name, true]),
    ),
    indexByName: {},
    renameByName: {},
  },
};

function propertiesOf({ title, mappings }: StateLane): DynamicConfigValue[] {
  return [
    { id: 'displayName', value: title },
    ...(mappings === undefined ? [] : [{ id: 'mappings', value: [...mappings] }]),
  ];
}
