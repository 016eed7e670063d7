import type { DashboardJson } from './dashboard-json.ts';

/** Something that every dashboard has to hold. */
export interface Rule {
  readonly name: string;
  /**
   * What is wrong, each as a sentence that says where.
   * @param folder all dashboards of the same profile: links lead to them
   */
  check(dashboard: DashboardJson, folder: readonly DashboardJson[]): Iterable<string>;
}
