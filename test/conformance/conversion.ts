/** An event as JSON, of either API. */
export type RawEvent = Readonly<Record<string, unknown>>;

/**
 * How the fields of core/v1 are named in events.k8s.io/v1. The API server holds one object and writes it as either
 * (Convert_core_Event_To_v1_Event in pkg/apis/events/v1/conversion.go; `reportingComponent` is the JSON name of
 * ReportingController in core/v1). What isn't named here has the same name in both.
 */
const renamed: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
  apiVersion: '',
};

/** What Go writes for these where they are empty: structs and times have no `omitempty` that would work. */
const alwaysWritten: RawEvent = {
  eventTime: null,
  regarding: {},
  deprecatedSource: {},
  deprecatedFirstTimestamp: null,
  deprecatedLastTimestamp: null,
};

/** A core/v1 event as the API server shows it in events.k8s.io/v1; values of the wrong type go over as they are. */
export function toEventsApi(event: RawEvent): RawEvent {
  const fields = Object.entries(event).map(([name, value]) => [renamed[name] ?? name, value] as const);
  return {
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    ...alwaysWritten,
    ...Object.fromEntries(fields.filter(([name]) => name !== '')),
  };
}
