import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** Dashboards by the names of their files, as `renderDashboards` makes them. */
export type Dashboards = ReadonlyMap<string, Dashboard>;

/** Texts by the paths of their files, below the folder that they are written to. */
export type Files = ReadonlyMap<string, string>;

/** What some targets want to know besides the dashboards. */
export interface TargetOptions {
  /** The folder in Grafana: its title, or for `v2` its uid. */
  readonly folder: string;
  /** The namespace of the resources; that of whoever applies them where it is empty. */
  readonly namespace: string;
  /** The label of the Grafana that takes the dashboards: `name=value`. */
  readonly instance: string;
  /** Where Grafana finds the dashboards' files. */
  readonly path: string;
}

/** A value that a target cannot do anything with; the message says what it can. */
export class OptionError extends Error {}

/** A way for dashboards to get into Grafana. */
export interface Target {
  /** For `--help` and the docs. */
  readonly description: string;
  /** The options that it heeds, with the values that they have where none are given. */
  readonly options: Readonly<Partial<TargetOptions>>;
  /** Between its files where they go to stdout as one; without it there can be only one. */
  readonly separator?: string;
  /** @throws OptionError for an option, or for dashboards that the target cannot hold */
  files(dashboards: Dashboards, options: TargetOptions): Files;
}

/** Makes a file of each dashboard. */
export function fileOfEach(
  dashboards: Dashboards,
  ending: string,
  write: (dashboard: Dashboard, name: string) => string,
): Files {
  return new Map(
    Array.from(dashboards, ([name, dashboard]) => [`${name}.${ending}`, write(dashboard, name)]),
  );
}

/** The uid, which names a dashboard in links, files and resources. */
export function uidOf(dashboard: Dashboard): string {
  if (dashboard.uid === undefined) throw new RangeError(`${dashboard.title ?? 'A dashboard'} has no uid`);
  return dashboard.uid;
}
