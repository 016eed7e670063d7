import type { KubernetesApi } from '../servers/api.ts';

/** What an event says and about what. */
export interface Occurrence {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who says so, as `source.component` or `reportingController`. */
  readonly component: string;
  /** The node or pod it runs on, as `source.host` or `reportingInstance`. */
  readonly host: string;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    /** Absent for an object of the cluster: its event is in `default`, as client-go has it. */
    readonly namespace?: string;
    readonly uid?: string;
    /** The part of the object, `spec.containers{app}`. */
    readonly fieldPath?: string;
  };
}

/** An event that was written and can be repeated. */
export interface RecordedEvent {
  readonly namespace: string;
  readonly name: string;
  /** How often it has occurred. */
  readonly count: number;
  /**
   * Says it again, as its recorder does: one PATCH by name.
   *
   * @param times how many occurrences the PATCH adds.
   */
  repeat(times?: number): Promise<void>;
}

/**
 * Writes events as client-go's EventRecorder does (core/v1): whole seconds, `count` and `lastTimestamp` rise with each
 * repeat.
 */
export async function recordOldStyle(api: KubernetesApi, occurrence: Occurrence): Promise<RecordedEvent> {
  const { namespace, name } = identity(occurrence);
  const path = `/api/v1/namespaces/${namespace}/events`;
  const first = seconds(new Date());
  let count = 1;
  await api.create(path, {
    metadata: { name, namespace },
    involvedObject: occurrence.object,
    type: occurrence.type,
    reason: occurrence.reason,
    message: occurrence.message,
    source: { component: occurrence.component, host: occurrence.host },
    firstTimestamp: first,
    lastTimestamp: first,
    count,
    reportingComponent: occurrence.component,
    reportingInstance: occurrence.host,
  });
  return {
    namespace,
    name,
    get count() {
      return count;
    },
    async repeat(times = 1) {
      count += times;
      await api.patch(`${path}/${name}`, { count, lastTimestamp: seconds(new Date()) });
    },
  };
}

/**
 * Writes events as the new recorder does (events.k8s.io/v1): `eventTime` in microseconds, repeats as a `series` whose
 * heartbeat may add many at once.
 */
export async function recordNewStyle(
  api: KubernetesApi,
  occurrence: Occurrence & { readonly action: string },
): Promise<RecordedEvent> {
  const { namespace, name } = identity(occurrence);
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
  let count = 1;
  await api.create(path, {
    metadata: { name, namespace },
    eventTime: microseconds(new Date()),
    regarding: occurrence.object,
    type: occurrence.type,
    reason: occurrence.reason,
    action: occurrence.action,
    note: occurrence.message,
    reportingController: occurrence.component,
    reportingInstance: occurrence.host,
  });
  return {
    namespace,
    name,
    get count() {
      return count;
    },
    async repeat(times = 1) {
      count += times;
      // The second occurrence is what makes it a series.
      await api.patch(`${path}/${name}`, { series: { count, lastObservedTime: microseconds(new Date()) } });
    },
  };
}

let written = 0;

/** client-go's names: the object's, and the nanoseconds since 1970 in hex. */
function identity({ object }: Occurrence): { namespace: string; name: string } {
  written += 1;
  const nanoseconds = BigInt(Date.now()) * 1_000_000n + BigInt(written);
  return { namespace: object.namespace ?? 'default', name: `${object.name}.${nanoseconds.toString(16)}` };
}

/** metav1.Time: whole seconds. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** metav1.MicroTime: six digits, the last three from a clock finer than Date. */
function microseconds(time: Date): string {
  const fraction = Math.floor((performance.now() * 1000) % 1000);
  return time.toISOString().replace('Z', `${String(fraction).padStart(3, '0')}Z`);
}
