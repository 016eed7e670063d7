import type { KubernetesApi } from '../servers/api.ts';

/** A core/v1 event as the API server lists it: its own words, apart from the exporter's types. */
export interface ListedEvent {
  readonly metadata: {
    readonly uid: string;
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion: string;
  };
  readonly count?: number;
  readonly lastTimestamp: string | null;
  readonly eventTime: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

/** Every event that there is now. @throws ApiError */
export async function listEvents(api: KubernetesApi): Promise<ListedEvent[]> {
  const { items } = await api.get<{ items: ListedEvent[] }>('/api/v1/events');
  return items;
}

/** As `kubectl get events` counts. */
export function countOf(event: ListedEvent): number {
  return event.series?.count ?? (event.count || 1);
}

/** The last occurrence in nanoseconds since 1970; six digits of a second are the most that the API has. */
export function timeOf(event: ListedEvent): bigint {
  const text = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '';
  return nanoseconds(text);
}

/** RFC 3339 in UTC as nanoseconds since 1970, without a date that would lose digits. */
export function nanoseconds(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('Z', '').split('.');
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
