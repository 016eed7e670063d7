import type { AlertCase, ExpectedAlert } from '../case.ts';

const minute = 60;

function silent(cluster: string): ExpectedAlert {
  return {
    rule: 'ClusterSilent',
    severity: 'critical',
    labels: {},
    summary: `Nothing is heard of cluster ${cluster}`,
    description: `For 15m no exporter has heard of the API server of ${cluster}: it is gone, or hears nothing. Events and alerts of this cluster are missing.`,
  };
}

export const pathCases: readonly AlertCase[] = [
  {
    rule: 'ClusterSilent',
    title: 'no heartbeat',
    heartbeats: [
      [20 * minute, 5],
      [16 * minute, 5],
    ],
    later: { heartbeats: [[0, 5]] },
    alerts: [silent('clustersilent-no-heartbeat')],
  },
  {
    rule: 'ClusterSilent',
    title: 'the API server is not heard',
    heartbeats: [
      [20 * minute, 5],
      [10 * minute, 900],
      [minute, 1440],
    ],
    later: { heartbeats: [[0, 5]] },
    alerts: [silent('clustersilent-the-api-server-is-not-heard')],
  },
  {
    rule: 'ClusterSilent',
    title: 'no heartbeat for a while',
    heartbeats: [
      [20 * minute, 5],
      [8 * minute, 899],
    ],
    alerts: [],
  },
  {
    rule: 'ClusterSilent',
    title: 'a cluster that never had one',
    events: [],
    alerts: [],
  },
  {
    rule: 'ClusterSilent',
    title: 'a cluster that is gone for long',
    heartbeats: [[25 * 60 * minute, 5]],
    alerts: [],
  },
];
