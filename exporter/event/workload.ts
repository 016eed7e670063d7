/*
 * Kubernetes names what a controller makes after the controller, so the workload can be read off the name
 * without asking the API. Random suffixes are drawn from an alphabet with no vowels and no 0, 1, 3
 * (k8s.io/apimachinery/pkg/util/rand); a ReplicaSet's hash is a decimal number put through the same alphabet,
 * where the ten digits reach only ten of its characters.
 */
const random = '[bcdfghjklmnpqrstvwxz2456789]{5}';
const hash = '[456789bcdf]{5,10}';
const minute = '\\d{8}';

const patterns: Readonly<Record<string, readonly RegExp[]>> = {
  Pod: [
    new RegExp(`^(.+)-${hash}-${random}$`), // Deployment
    new RegExp(`^(.+)-${minute}-(?:\\d+-)?${random}$`), // CronJob
    new RegExp(`^(.+)-${random}$`), // DaemonSet, Job, bare ReplicaSet
    /^(.+)-\d+$/, // StatefulSet
  ],
  ReplicaSet: [new RegExp(`^(.+)-${hash}$`)],
  Job: [new RegExp(`^(.+)-${minute}$`)],
  Deployment: [],
  StatefulSet: [],
  DaemonSet: [],
  CronJob: [],
  ReplicationController: [],
};

/**
 * The workload that an object belongs to: the controller's name for what a controller named, the object's own
 * name for a controller or a bare Pod, undefined for every other kind.
 */
export function workloadOf(kind: string, name: string): string | undefined {
  if (!name || !Object.hasOwn(patterns, kind)) return undefined;
  for (const pattern of patterns[kind] ?? []) {
    const match = pattern.exec(name);
    if (match) return match[1];
  }
  return name;
}
