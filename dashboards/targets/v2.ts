import type { DashboardCursorSync as Cursor, Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DashboardAPIVersion,
  DashboardCursorSync,
  DashboardKind,
  type DashboardLink,
  type DashboardLinkType,
  type Dashboard as DashboardV2,
  defaultTimeSettingsSpec,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Manifest } from '@grafana/grafana-foundation-sdk/resource';
import { fileOfEach, type Target, uidOf } from './target.ts';
import { annotationV2 } from './v2-annotation.ts';
import { elementsV2, rowsV2 } from './v2-panel.ts';
import { variableV2 } from './v2-variable.ts';

/** A dashboard as the resource that Grafana's own API server keeps. */
export interface DashboardResource extends Manifest {
  readonly spec: DashboardV2;
}

/** Resources of the v2 schema, converted the way in which Grafana converts what it has in v1. */
export const v2: Target = {
  description: 'dashboard.grafana.app/v2 resources, for Grafana 13',
  options: { folder: '', namespace: '' },
  files: (dashboards, { folder, namespace }) =>
    fileOfEach(dashboards, 'json', dashboard => {
      const resource: DashboardResource = {
        apiVersion: DashboardAPIVersion,
        kind: DashboardKind,
        metadata: {
          name: uidOf(dashboard),
          ...(namespace !== '' && { namespace }),
          ...(folder !== '' && { annotations: { 'grafana.app/folder': folder } }),
        },
        spec: convert(dashboard),
      };
      return `${JSON.stringify(resource, null, 2)}\n`;
    }),
};

/** By their numbers in v1. */
const cursors: Readonly<Record<Cursor, DashboardCursorSync>> = {
  0: DashboardCursorSync.Off,
  1: DashboardCursorSync.Crosshair,
  2: DashboardCursorSync.Tooltip,
};

function convert(dashboard: Dashboard): DashboardV2 {
  const { panels = [] } = dashboard;
  const defaults = defaultTimeSettingsSpec();
  return {
    title: dashboard.title ?? '',
    description: dashboard.description ?? '',
    tags: dashboard.tags ?? [],
    editable: dashboard.editable ?? true,
    preload: dashboard.preload ?? false,
    cursorSync: cursors[dashboard.graphTooltip ?? 0],
    timeSettings: {
      ...defaults,
      ...dashboard.time,
      ...(dashboard.timezone !== undefined && { timezone: dashboard.timezone }),
      autoRefresh: dashboard.refresh ?? '',
      fiscalYearStartMonth: dashboard.fiscalYearStartMonth ?? defaults.fiscalYearStartMonth,
    },
    links: (dashboard.links ?? []).map(
      ({ placement: _, ...link }): DashboardLink => ({
        ...link,
        type: link.type as string as DashboardLinkType,
      }),
    ),
    annotations: (dashboard.annotations.list ?? []).map(annotationV2),
    variables: (dashboard.templating.list ?? []).map(variableV2),
    elements: elementsV2(panels),
    layout: { kind: 'RowsLayout', spec: { rows: rowsV2(panels) } },
  };
}
