import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';
import { type DataQueryKind, defaultDataQueryKind } from '@grafana/grafana-foundation-sdk/dashboardv2';

/** A query of the v2 schema, whose data source stands beside it and not in it. */
export function queryV2(spec: object, source: DataSourceRef | undefined): DataQueryKind {
  if (source?.type === undefined || source.uid === undefined) {
    throw new RangeError('A query without a data source cannot be converted');
  }
  return { ...defaultDataQueryKind(), group: source.type, datasource: { name: source.uid }, spec };
}
