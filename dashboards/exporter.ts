import type { EventDashboard } from './dashboard.ts';
import * as graphs from './exporter-graphs.ts';
import { totals } from './exporter-totals.ts';
import { exporterVariables } from './exporter-variables.ts';
import { shelf } from './layout.ts';
import { uids } from './uids.ts';

/** The exporter's own health, from its metrics in Prometheus. */
export function exporter(): EventDashboard {
  return {
    uid: uids.exporter,
    title: 'Kubernetes events / Exporter',
    description:
      'Whether every event gets to Loki, and how soon, from the metrics of kube-events-loki in Prometheus. ' +
      'At all times received = delivered + filtered + dropped + handed over + in flight.',
    variables: exporterVariables(),
    sections: [
      { title: 'Now', shelves: [shelf(4, ...totals())] },
      { title: 'Delivery', shelves: graphs.delivery().map(row => shelf(9, ...row)) },
      { title: 'Loki', shelves: graphs.loki().map(row => shelf(9, ...row)) },
      { title: 'Kubernetes', shelves: graphs.kubernetes().map(row => shelf(9, ...row)) },
      {
        title: 'Processes',
        shelves: [shelf(8, graphs.replicas()), ...graphs.processes().map(row => shelf(8, ...row))],
      },
    ],
  };
}
