import { known } from '../../dashboards/reasons.ts';
import { counting, eventRule } from '../rule.ts';

/** Containers that end again and again. */
export const crashLoop = eventRule({
  name: 'CrashLoop',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'workload'],
  selection: {
    // Normal in older versions of Kubernetes; the reason is that of images that can't be pulled, too.
    reasons: known('BackOff'),
    kinds: ['Pod'],
    texts: ['Back-off restarting failed container'],
  },
  settings: counting(3, '30m', {
    threshold: 'A container that ended once and came back has one or two.',
    window:
      'A pod in a crash loop is told of once in five minutes at least, six minutes late at most: a shorter window would have holes.',
  }),
  summary: {
    en: '{namespace}/{workload} is crash-looping',
    zh: '{namespace}/{workload} 反复崩溃重启',
  },
  description: {
    en: 'The kubelet held back restarts of a failed container {value} times within {window}.',
    zh: 'kubelet 在 {window} 内 {value} 次推迟重启失败的容器。',
  },
  runbook: {
    meaning:
      'A container ends soon after each start, and the kubelet waits longer and longer, up to five minutes, before it starts it again. What the pod serves is away, or served by its other replicas alone.',
    checks: [
      'What the container said before it ended: `kubectl logs -n NAMESPACE POD --previous --all-containers`.',
      'How it ended, by exit code and reason: `kubectl describe pod -n NAMESPACE POD`.',
      'What was changed last: `kubectl rollout history -n NAMESPACE deployment/WORKLOAD`.',
    ],
    causes: [
      'The program fails on its configuration, a missing Secret or a dependency that is away.',
      'It runs out of memory (exit code 137, `OOMKilled`): see [OomKill](OomKill.md).',
      'A liveness probe ends it before it is up: see [ProbeFailures](ProbeFailures.md).',
    ],
    notes: [
      'The number is how often the kubelet looked at the container while it held it back, every ten seconds or so. It is not the number of restarts.',
      'A container that ends with exit code 0 and is started again has it too.',
      'Kubernetes lets 25 Warnings of a pod through, whatever their reasons, then one in five minutes. Where its probes fail at the same time they can use that up, and this one comes late or not at all.',
    ],
  },
  panel: { dashboard: 'warnings', title: 'Workloads' },
});

/** Images that can't be had. */
export const imagePullFailed = eventRule({
  name: 'ImagePullFailed',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'workload'],
  selection: {
    // The pulls held back are Normal; Failed and BackOff stand for much else.
    reasons: known('Failed', 'BackOff', 'ErrImageNeverPull', 'InspectFailed'),
    kinds: ['Pod'],
    texts: [
      'Failed to pull image',
      'Back-off pulling image',
      'Failed to inspect image',
      'Failed to apply default image tag',
      'with pull policy of Never',
    ],
  },
  settings: counting(5, '30m', {
    threshold: 'A pull that works at the second try has two or three.',
    window:
      'A pull that keeps failing is told of once in five minutes at least, six minutes late at most: a shorter window would have holes.',
  }),
  summary: {
    en: '{namespace}/{workload} can’t pull its image',
    zh: '{namespace}/{workload} 拉取镜像失败',
  },
  description: {
    en: 'Pulling an image failed or was held back {value} times within {window}. The container waits for it.',
    zh: '{window} 内镜像拉取失败或被推迟 {value} 次，容器在等待镜像。',
  },
  runbook: {
    meaning:
      'An image is not on the node and can’t be pulled, so that its container does not start. Where it is a rollout, the old replicas go on; where it is a new node, its pods are missing.',
    checks: [
      'What the registry answered: `kubectl describe pod -n NAMESPACE POD`.',
      "Whether the name is right: `kubectl get pod -n NAMESPACE POD -o jsonpath='{..image}'`.",
      "Whether the pull secret is there: `kubectl get pod -n NAMESPACE POD -o jsonpath='{.spec.imagePullSecrets}'`, `kubectl get secrets -n NAMESPACE`.",
    ],
    causes: [
      'A tag that was never pushed, or a name that is misspelt.',
      'No right to pull: the secret is missing, expired or of another registry.',
      'The registry is away, or limits the rate (`toomanyrequests`).',
      'The node does not reach the registry, does not trust its certificate, or its disk is full.',
    ],
    notes: [
      'Old images on the nodes hide it: pods that are there run on.',
      '`FailedToRetrieveImagePullSecret` alone does not count: pulls often work all the same.',
    ],
  },
  panel: { dashboard: 'scheduling', title: 'Images, by cause' },
});

/** Pods that don't answer their probes. */
export const probeFailures = eventRule({
  name: 'ProbeFailures',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'workload'],
  selection: {
    reasons: known('Unhealthy'),
    kinds: ['Pod'],
    // Startup probes fail while a program starts; one that never comes up is held back by the kubelet: CrashLoop.
    texts: ['Liveness probe', 'Readiness probe'],
  },
  settings: counting(30, '20m', {
    threshold:
      'One pod with a probe of ten seconds fails so often in five minutes; one that starts slowly stays below.',
    window:
      'Past the 25th failure the kubelet tells of them in lumps five minutes apart, six minutes late at most; one lump at least is always in it.',
  }),
  summary: {
    en: 'Probes of {namespace}/{workload} fail',
    zh: '{namespace}/{workload} 探针失败',
  },
  description: {
    en: 'Liveness or readiness probes failed {value} times within {window}.',
    zh: '{window} 内存活或就绪探针失败 {value} 次。',
  },
  runbook: {
    meaning:
      'Pods answer their liveness or readiness probe wrongly, late or not at all. Without readiness they get no traffic; without liveness the kubelet restarts them.',
    checks: [
      'Which probe, and what it answered: `kubectl describe pod -n NAMESPACE POD`.',
      'Whether replicas are left that are ready: `kubectl get pods -n NAMESPACE`, `kubectl get endpointslices -n NAMESPACE`.',
      'What the program says, and whether it is short of CPU: `kubectl logs -n NAMESPACE POD --tail=100`, `kubectl top pod -n NAMESPACE POD --containers`.',
    ],
    causes: [
      'The program hangs, is overloaded or throttled by its CPU limit.',
      'The probe asks for a dependency that is away, and so takes all replicas out at once.',
      'Timeout or period are shorter than the program needs.',
    ],
    notes: [
      'It sums over the pods of a workload: a rollout of many replicas that start slowly can reach it. Raise the threshold for those, or give them a startup probe, whose failures don’t count.',
      'A single pod with a probe every minute stays below; lower the threshold where such pods matter.',
    ],
  },
  panel: { dashboard: 'warnings', title: 'Workloads' },
});

/** Containers that were killed for lack of memory. */
export const oomKill = eventRule({
  name: 'OomKill',
  severity: 'warning',
  for: '0s',
  by: ['namespace', 'workload'],
  selection: { reasons: known('OOMKilled'), kinds: ['Pod'] },
  settings: counting(1, '30m', {
    threshold: 'Each kill ends a container.',
    window: 'How long it is news. The entry can arrive six minutes after its time.',
  }),
  summary: {
    en: '{namespace}/{workload} was killed for lack of memory',
    zh: '{namespace}/{workload} 因内存不足被终止（OOMKilled）',
  },
  description: {
    en: 'Containers ran out of memory {value} times within {window}.',
    zh: '{window} 内容器因内存不足被终止 {value} 次。',
  },
  runbook: {
    meaning:
      'The kernel ended a container because it needed more memory than its limit, or because its node had none left. It is restarted, and what it was doing is lost.',
    checks: [
      'Its limit, and how often: `kubectl describe pod -n NAMESPACE POD`, *Last State*.',
      'What it uses now: `kubectl top pod -n NAMESPACE POD --containers`.',
      'What it said before: `kubectl logs -n NAMESPACE POD --previous`.',
    ],
    causes: [
      'A limit below what the program needs under load.',
      'A leak: the time between kills is much the same.',
      'A heap that is sized by the node’s memory and not by the limit.',
      'The node ran out: see [NodeOom](NodeOom.md).',
    ],
    notes: [
      'Kubernetes has no event for it. The exporter has to watch terminations (`terminations: true`); without that, and with events of other exporters, this rule is silent and only [NodeOom](NodeOom.md) can tell.',
      'A kill of a child process that the container survives is not seen.',
    ],
  },
  panel: { dashboard: 'warnings', title: 'Workloads' },
});
