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
      'It runs out of memory (exit code 137, `OOMKilled`).',
      'A liveness probe ends it before it is up: see [ProbeFailures](ProbeFailures.md).',
    ],
  },
  panel: { dashboard: 'warnings', title: 'Workloads' },
});
