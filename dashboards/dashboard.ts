import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { layOut, type Section } from './layout.ts';
import { menu } from './links.ts';
import { token } from './token.ts';

/** What a dashboard is made of, before it has a form. */
export interface EventDashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  /** Its variables, where they are not those of every dashboard about events. */
  readonly variables?: readonly VariableModel[];
}

/** A dashboard as Grafana imports it (schema v1), with tokens for what a team chooses. */
export function build(
  made: EventDashboard,
  variables: readonly VariableModel[],
  annotations: readonly AnnotationQuery[],
): Dashboard {
  const dashboard = new DashboardBuilder(made.title)
    .uid(made.uid)
    .description(made.description)
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .refresh(token('refresh'))
    .build();
  return {
    ...dashboard,
    tags: token('tags') as unknown as string[],
    links: [menu()],
    annotations: { list: [...annotations] },
    templating: { list: [...variables] },
    panels: layOut(made.sections),
  };
}
