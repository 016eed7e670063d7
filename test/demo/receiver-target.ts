import { LokiReceiver } from '../fakes/loki.ts';
import type { PushedEntry } from '../fakes/push-request.ts';
import type { OccurrenceSum, Target } from './target.ts';

/** The embedded receiver: it takes pushes and counts them. */
export async function openReceiverTarget(): Promise<Target> {
  const receiver = await new LokiReceiver().start();
  const arrived = (cluster: string) =>
    [...receiver.streams.values()]
      .filter(({ labels }) => labels['cluster'] === cluster)
      .flatMap(({ labels, entries }) => entries.map(entry => toArrived(labels, entry)));
  return {
    url: receiver.url,
    description: 'an embedded receiver: there is no Loki here, so it only counts',
    countedBy: 'counted by the embedded receiver',
    queryable: false,
    logcli: undefined,
    entries: cluster => Promise.resolve(arrived(cluster)),
    occurrences: cluster => {
      const sums = new Map<string, OccurrenceSum>();
      for (const { type, reason, occurrences } of arrived(cluster)) {
        const key = `${type}/${reason}`;
        const sum = (sums.get(key)?.occurrences ?? 0) + occurrences;
        sums.set(key, { type, reason, occurrences: sum });
      }
      return Promise.resolve([...sums.values()]);
    },
    refuseOnce: () => {
      receiver.answerNext(1, { status: 429, retryAfterSeconds: 1, body: 'ingestion rate limit exceeded\n' });
    },
    stop: () => receiver.stop(),
  };
}

function toArrived(labels: Readonly<Record<string, string>>, { metadata }: PushedEntry) {
  return {
    uid: metadata['event_uid'] ?? '',
    resourceVersion: metadata['resource_version'] ?? '',
    type: labels['type'] ?? '',
    reason: labels['reason'] ?? '',
    occurrences: Number(metadata['occurrences']),
  };
}
