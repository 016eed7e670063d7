/*
 * Kubernetes names what a controller makes after the controller, so the workload can be read off the name
 * without asking the API. Random suffixes are drawn from an alphabet with no vowels and no 0, 1, 3
 * (k8s.io/apimachinery/pkg/util/rand); a ReplicaSet's hash is a decimal number of 32 bits put through the same
 * alphabet, where the ten digits reach only ten of its characters and a leading digit is never 0
 * (ComputeHash in pkg/controller/controller_utils.go). Fewer than five digits are one hash in 430,000.
 */
const random = '[bcdfghjklmnpqrstvwxz2456789]{5}';
const hash = '[56789bcdf][456789bcdf]{4,9}';
/** Minutes since 1970, which have eight digits from 1989 to 2160; those of a date like 20260501 lie in 2008. */
const minute = '(?!20)\\d{8}';
/** Both are written without leading zeros; an indexed Job has at most 100,000 (pkg/apis/batch/validation). */
const ordinal = '(?:0|[1-9]\\d{0,9})';
const index = '(?:0|[1-9]\\d{0,5})';

/** In this order, because a completion's index can look like a short hash. */
const pod: readonly RegExp[] = [
  new RegExp(`^(.+)-${minute}-(?:${index}-)?${random}$`), // CronJob, its Job being an indexed one or not
  new RegExp(`^(.+)-${hash}-${random}$`), // Deployment
  new RegExp(`^(.+)-${random}-(?:${index}-)?${random}$`), // Job of a generated name
  new RegExp(`^(.+)-${index}-${random}$`), // indexed Job
  new RegExp(`^(.+)-${random}$`), // DaemonSet, Job, bare ReplicaSet
  new RegExp(`^(.+)-${ordinal}$`), // StatefulSet
];

/*
 * The API cuts what comes before the random suffix at 58 characters, so that the name has 63
 * (SimpleNameGenerator in k8s.io/apiserver/pkg/storage/names/generate.go). A hash or a minute may be cut with
 * it, and the hyphen after it is gone; an index stays whole (podGenerateNameWithIndex in
 * pkg/controller/job/indexed_job_utils.go).
 */
const cutLength = 63;
const cutPod: readonly RegExp[] = [
  new RegExp(`^(.+)-(?!20)\\d{2,8}-${index}-${random}$`), // indexed Job of a CronJob
  ...pod,
  new RegExp(`^(.+)-(?:[56789bcdf][456789bcdf]{0,9}|(?!20)\\d{5,8})${random}$`), // Deployment, CronJob
  new RegExp(`^(.+)${random}$`), // anything else of a name so long, which itself is cut
];

const patterns: Readonly<Record<string, readonly RegExp[]>> = {
  Pod: pod,
  ReplicaSet: [new RegExp(`^(.+)-${hash}$`)],
  Job: [new RegExp(`^(.+)-${minute}$`), new RegExp(`^(.+)-${random}$`)], // CronJob; a generated name
  Deployment: [],
  StatefulSet: [],
  DaemonSet: [],
  CronJob: [],
  ReplicationController: [],
};

/**
 * The workload that an object belongs to: the controller's name for what a controller named, the object's own
 * name for a controller or a bare Pod, undefined for every other kind.
 * @param node the Pod's node, where it is known: the kubelet appends it to the name of a static Pod
 */
export function workloadOf(kind: string, name: string, node = ''): string | undefined {
  if (!name || !Object.hasOwn(patterns, kind)) return undefined;
  if (kind === 'Pod') {
    // generatePodName in pkg/kubelet/config/common.go. A StatefulSet's ordinal would be an odd name of a node.
    const suffix = `-${node.toLowerCase()}`;
    if (suffix.length > 2 && name.length > suffix.length && name.endsWith(suffix))
      return name.slice(0, -suffix.length);
    return firstMatch(name.length === cutLength ? cutPod : pod, name);
  }
  return firstMatch(patterns[kind] ?? [], name);
}

function firstMatch(candidates: readonly RegExp[], name: string): string {
  for (const candidate of candidates) {
    const match = candidate.exec(name);
    if (match) return match[1] ?? name;
  }
  return name;
}
