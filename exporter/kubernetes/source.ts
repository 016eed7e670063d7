import type { EventSchema } from '../event/normalise.ts';

/** Which events are listed and watched, and in which schema they come. */
export interface EventSource {
  readonly schema: EventSchema;
  /** `/api/v1/events`, or as `eventsPath` gives it. */
  readonly path: string;
}
