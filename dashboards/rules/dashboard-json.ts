/** The parts of a dashboard's JSON that the rules read: as Grafana gets them, not as the builders' types promise. */
export interface DashboardJson {
  uid: string;
  title: string;
  description?: string;
  editable?: boolean;
  tags?: string[];
  links: DashboardLinkJson[];
  panels: PanelJson[];
  templating: { list: VariableJson[] };
  annotations?: { list?: AnnotationJson[] };
}

export interface DashboardLinkJson {
  type: string;
  title: string;
  url?: string | null;
  tags?: string[];
  includeVars?: boolean;
  keepTime?: boolean;
}

export interface SourceJson {
  type?: string;
  uid?: string;
}

export interface TargetJson {
  refId: string;
  expr?: string;
  queryType?: string;
  instant?: boolean;
  maxLines?: number;
  format?: string;
  legendFormat?: string;
  datasource?: SourceJson;
}

export interface PropertyJson {
  id: string;
  value?: unknown;
}

export interface OverrideJson {
  matcher: { id: string; options?: unknown };
  properties: PropertyJson[];
}

export interface LinkJson {
  title: string;
  url: string;
}

export interface TransformationJson {
  id: string;
  options?: Record<string, unknown>;
}

export interface PanelJson {
  id?: number;
  type: string;
  title?: string;
  description?: string;
  collapsed?: boolean;
  repeat?: string;
  gridPos?: { x: number; y: number; w: number; h: number };
  datasource?: SourceJson;
  targets?: TargetJson[];
  links?: LinkJson[];
  panels?: PanelJson[];
  maxDataPoints?: number;
  interval?: string;
  transformations?: TransformationJson[];
  options?: Record<string, unknown>;
  fieldConfig?: {
    defaults: {
      unit?: string;
      noValue?: string;
      links?: LinkJson[];
      thresholds?: { steps: { value?: number | null; color: string }[] };
    };
    overrides: OverrideJson[];
  };
}

export interface VariableJson {
  name: string;
  type: string;
  label?: string;
  query?: unknown;
  datasource?: SourceJson;
  refresh?: number;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
  current?: { text?: unknown; value?: unknown };
}

export interface AnnotationJson {
  name: string;
  iconColor?: string;
  enable?: boolean;
  expr?: string;
  type?: string;
  datasource?: SourceJson;
  target?: { expr?: string };
}

/** What a Loki data source asks for the values of a variable. */
export interface LabelValuesQuery {
  readonly type: number;
  readonly label: string;
  readonly stream: string;
}

/** All panels, those inside rows too; rows are panels. */
export function panelsOf(dashboard: DashboardJson): PanelJson[] {
  return dashboard.panels.flatMap(panel => [panel, ...(panel.panels ?? [])]);
}

/** Panels that ask for data: neither rows nor text. */
export function dataPanels(dashboard: DashboardJson): PanelJson[] {
  return panelsOf(dashboard).filter(panel => panel.type !== 'row' && panel.type !== 'text');
}

/** The data source's type that a target is for, or the panel's where it says nothing. */
export function sourceType(panel: PanelJson, target: TargetJson): string | undefined {
  return target.datasource?.type ?? panel.datasource?.type;
}

/** A query of a panel, and where it stands. */
export interface PlacedQuery {
  readonly panel: PanelJson;
  readonly target: TargetJson;
  readonly expr: string;
  readonly language: 'logql' | 'promql';
  readonly place: string;
}

/** Every query of every panel. */
export function queriesOf(dashboard: DashboardJson): PlacedQuery[] {
  return panelsOf(dashboard).flatMap(panel =>
    (panel.targets ?? []).map(target => ({
      panel,
      target,
      expr: target.expr ?? '',
      language: sourceType(panel, target) === 'prometheus' ? ('promql' as const) : ('logql' as const),
      place: `${panel.title ?? panel.type} ${target.refId}`,
    })),
  );
}

/** Every link: of the dashboard, of panels, of columns. */
export function linksOf(dashboard: DashboardJson): { link: LinkJson; panel?: PanelJson; place: string }[] {
  const own = dashboard.links
    .filter(link => link.type === 'link')
    .map(link => ({ link: { title: link.title, url: link.url ?? '' }, place: link.title }));
  const panels = panelsOf(dashboard).flatMap(panel => {
    const columns = (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
      properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value as LinkJson[]),
    );
    return [...(panel.links ?? []), ...(panel.fieldConfig?.defaults.links ?? []), ...columns].map(link => ({
      link,
      panel,
      place: `${panel.title}: ${link.title}`,
    }));
  });
  return [...own, ...panels];
}
