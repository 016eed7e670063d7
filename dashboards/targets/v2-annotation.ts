import type { AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import type { AnnotationQueryKind } from '@grafana/grafana-foundation-sdk/dashboardv2';
import { queryV2 } from './v2-query.ts';

/** What the data source reads at the top of an annotation in v1, as Loki does, stands in `legacyOptions`. */
export function annotationV2(annotation: AnnotationQuery): AnnotationQueryKind {
  const { name, datasource, enable, hide, iconColor, target, builtIn: _, ...legacyOptions } = annotation;
  return {
    kind: 'AnnotationQuery',
    spec: {
      name,
      enable,
      hide: hide ?? false,
      iconColor,
      query: queryV2(target ?? {}, datasource),
      legacyOptions,
    },
  };
}
