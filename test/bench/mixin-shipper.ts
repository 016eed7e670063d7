import type { Revision } from '../dashboards/seed.ts';
import { type AnyEntry, timeOf } from '../dashboards/shippers.ts';

export const mixinJob = 'seed/events-mixin';

/** What Alloy writes for the kubernetes events mixin: JSON lines, with namespace and kind as labels and the name as metadata. */
export function mixinEntry({ event }: Revision): AnyEntry {
  const { kind = '', name = '', namespace } = event.involvedObject ?? {};
  const line = {
    name,
    kind,
    objectAPIversion: event.involvedObject?.apiVersion,
    eventRV: event.metadata?.resourceVersion,
    reportinginstance: event.reportingInstance,
    reportingcontroller: event.reportingComponent,
    sourcecomponent: event.source?.component,
    sourcehost: event.source?.host,
    reason: event.reason,
    type: event.type,
    count: event.count,
    msg: event.message,
  };
  return {
    labels: {
      job: mixinJob,
      k8s_resource_kind: kind,
      ...(namespace && { k8s_namespace_name: namespace }),
    },
    timestamp: timeOf(event),
    line: JSON.stringify(line),
    metadata: { k8s_resource_name: name },
  };
}
