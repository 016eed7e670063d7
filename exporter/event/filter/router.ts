import type { RouteConfig } from '../../config/filter-schema.ts';
import type { CoreEvent } from '../wire.ts';
import { Rule } from './rule.ts';

/** Where an entry goes, and what its stream carries besides the schema's labels. */
export interface Route {
  readonly name: string;
  /** Undefined for the tenant of the whole exporter. */
  readonly tenant: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** Routes in the order in which they are asked. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly rules: readonly Rule[] }[];

  /** @throws PatternError, which the schema rules out */
  constructor(routes: readonly RouteConfig[]) {
    this.#routes = routes.map(({ name, match, tenant, labels = {} }) => ({
      route: { name, tenant, labels },
      rules: [match].flat().map(rule => new Rule(rule)),
    }));
  }

  /** The first route that matches, always the same object; undefined for the default. It depends on the event alone. */
  routeOf(event: CoreEvent): Route | undefined {
    for (const { route, rules } of this.#routes) {
      // No rule of a route asks for the time.
      for (const rule of rules) if (rule.matches(event, 0)) return route;
    }
    return undefined;
  }
}
