import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesApi } from '../servers/api.ts';

/**
 * A node that was well once and is never heard of again: `NodeNotReady` follows, and its pods are evicted
 * (`TaintManagerEviction`). Half a minute after that it's removed from the cluster (`RemovingNode`).
 */
export async function loseNode(api: KubernetesApi, name: string, signal?: AbortSignal): Promise<void> {
  await api.create('/api/v1/nodes', { metadata: { name, labels: { 'kubernetes.io/hostname': name } } });
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await api.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      capacity: { cpu: '16', memory: '64Gi', pods: '110' },
      allocatable: { cpu: '16', memory: '64Gi', pods: '110' },
      conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map(type => ({
        type,
        status: type === 'Ready' ? 'True' : 'False',
        reason: type === 'Ready' ? 'KubeletReady' : `KubeletHasNo${type}`,
        message: `kubelet says so about ${type}`,
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      })),
    },
  });
  for (const pod of ['search-cache-0', 'search-cache-1', 'search-cache-2']) {
    await api.create('/api/v1/namespaces/search/pods', {
      metadata: { name: pod, labels: { app: 'search-cache' } },
      spec: {
        nodeName: name,
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'app', image: 'registry.shop.example/search-cache:1.14.2' }],
      },
    });
  }
  await sleep(50_000, undefined, { signal });
  await api.delete(`/api/v1/nodes/${name}`);
  await sleep(10_000, undefined, { signal });
}
