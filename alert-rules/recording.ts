import type { RulesConfig } from './config.ts';
import { recordedFields } from './recording-settings.ts';
import { askOf } from './render.ts';

/** What Loki's ruler records, for Prometheus. */
export interface RecordingGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly { readonly record: string; readonly expr: string }[];
}

/**
 * Occurrences by cluster and one field each: all fields together would be more series than a query may have (500, Loki's
 * `max_query_series`). No alert rests on them.
 */
export function renderRecording(config: RulesConfig): RecordingGroup {
  const ask = askOf(config);
  const window = String(config.recording.window);
  const offset = String(config.recording.offset);
  const fields = recordedFields.filter(field => ask.has(field));
  return {
    name: 'kube-events-recording',
    // Windows that meet: each entry is in exactly one sample.
    interval: window,
    rules: fields.map(field => {
      const by = (['cluster', field] as const).filter(name => ask.has(name)).map(name => ask.nameOf(name));
      return {
        record: `${by.join('_')}:kube_events_occurrences:sum${window}`,
        expr: ask.occurrences({}, by, window, offset),
      };
    }),
  };
}
