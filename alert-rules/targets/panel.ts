import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { renderDashboards } from '../../dashboards/render.ts';
import { dashboardUid } from '../../dashboards/uids.ts';
import type { RulesConfig } from '../config.ts';
import type { PanelReference } from '../rule.ts';

/** Where a panel is in Grafana. */
export interface PanelPlace {
  readonly dashboardUid: string;
  readonly panelId: number;
}

/** Finds the panels of rules among the dashboards for the same data; those for some data lack some panels. */
export function panelsOf({
  profile,
  job,
  clusterLabel,
  uidPrefix,
}: RulesConfig): (reference: PanelReference) => PanelPlace | undefined {
  const dashboards = renderDashboards({
    profile,
    ...(job !== undefined && { job }),
    ...(clusterLabel !== undefined && { clusterLabel }),
  });
  return ({ dashboard, title }) => {
    const panelId = panelIn(dashboards.get(dashboard), title)?.id;
    return panelId === undefined ? undefined : { dashboardUid: dashboardUid(dashboard, uidPrefix), panelId };
  };
}

function panelIn(dashboard: Dashboard | undefined, title: string): Panel | RowPanel | undefined {
  return dashboard?.panels?.find(panel => panel.type !== 'row' && panel.title === title);
}
