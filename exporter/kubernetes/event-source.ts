import { type EventSchema, eventsPath, normalise } from '../event/normalise.ts';
import type { CoreEvent } from '../event/wire.ts';
import type { Source } from './source.ts';

export interface EventSelection {
  /** Of this namespace alone. */
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** The events that an API serves, as those of core/v1. */
export function eventSource(schema: EventSchema, selection: EventSelection = {}): Source<CoreEvent> {
  const { namespace, fieldSelector } = selection;
  return { path: eventsPath(schema, namespace), fieldSelector, parse: raw => normalise(raw, schema) };
}
