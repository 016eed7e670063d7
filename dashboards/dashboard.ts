import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { tag } from './context.ts';
import { layOut, type Section } from './layout.ts';
import { menu } from './links.ts';

/** What a dashboard is made of, before it has a form. */
export interface EventDashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  /** Its variables, where they are not those of every dashboard about events. */
  readonly variables?: readonly VariableModel[];
}

/** A dashboard as Grafana imports it (schema v1). */
export function build(
  made: EventDashboard,
  variables: readonly VariableModel[],
  annotations: readonly AnnotationQuery[],
): Dashboard {
  const dashboard = new DashboardBuilder(made.title)
    .uid(made.uid)
    .description(made.description)
    .tags([tag, 'loki', 'kubernetes'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .refresh('1m')
    .build();
  return {
    ...dashboard,
    links: [menu()],
    annotations: { list: [...annotations] },
    templating: { list: [...variables] },
    panels: layOut(made.sections),
  };
}
