import { parseDuration } from './config/duration.ts';
import type { Config } from './config/schema.ts';
import { fieldSelectorOf } from './event/filter/field-selector.ts';
import type { Cluster } from './kubernetes/cluster.ts';
import { eventSource } from './kubernetes/event-source.ts';
import { podSource } from './kubernetes/pods/pod.ts';
import { PodReader } from './kubernetes/pods/pod-reader.ts';
import type { Reader, ReaderObserver } from './kubernetes/reader.ts';
import { Reflector, type ReflectorOptions } from './kubernetes/reflector.ts';
import { sourceName } from './kubernetes/source.ts';

export interface ReaderParts {
  readonly cluster: Cluster;
  /** What is told of a source, by its name. */
  readonly observer: (source: string) => ReaderObserver;
  readonly recall: ReflectorOptions['recall'];
}

/** What the configuration has read of the API server, by the names of the sources. */
export function createReaders(
  config: Config,
  { cluster, observer, recall }: ReaderParts,
): Map<string, Reader> {
  const seconds = config.since === undefined ? undefined : parseDuration(config.since);
  const options = {
    since: seconds === undefined ? undefined : BigInt(Date.now() - seconds * 1000) * 1_000_000n,
    ...(recall && { recall }),
    eventTtlMs: (parseDuration(config.eventTtl) ?? 0) * 1000,
  };
  const fieldSelector = fieldSelectorOf(config.filters, config.eventsApi);
  const readers = new Map<string, Reader>();
  for (const namespace of namespacesOf(config)) {
    const name = sourceName('events', namespace);
    const source = eventSource(config.eventsApi, { namespace, fieldSelector });
    readers.set(name, new Reflector(cluster, observer(name), { ...options, source }));
    if (!config.terminations) continue;
    const pods = sourceName('pods', namespace);
    // What is older than the events that are still there would stand alone.
    const since = options.since ?? BigInt(Date.now() - options.eventTtlMs) * 1_000_000n;
    readers.set(pods, new PodReader(cluster, observer(pods), { namespace, since }));
  }
  return readers;
}

/** The paths of all sources that `createReaders` makes readers for, by their names. */
export function sourcePaths(config: Config): Map<string, string> {
  const paths = new Map<string, string>();
  for (const namespace of namespacesOf(config)) {
    paths.set(sourceName('events', namespace), eventSource(config.eventsApi, { namespace }).path);
    if (config.terminations) paths.set(sourceName('pods', namespace), podSource(namespace).path);
  }
  return paths;
}

/** One for all namespaces, or each that is named. */
function namespacesOf({ namespaces }: Config): (string | undefined)[] {
  return namespaces ?? [undefined];
}
