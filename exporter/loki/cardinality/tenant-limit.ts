/** Loki's own default of `max_global_streams_per_user`. */
export const defaultStreamLimit = 5000;

/**
 * How much of a limit budgets may use. Loki gives each ingester its share of the limit, and streams don't spread over
 * them evenly, so the first refusal comes before the limit is reached.
 */
export const usableShare = 0.8;

/** The least that `cardinality.streams` takes. */
const leastBudget = 100;
/** Streams that each route keeps for what folds wholly: one a type. */
const streamsPerRoute = 3;

/** What writes to one tenant of Loki. */
export interface TenantLoad {
  /** The budget of each exporter, `cardinality.streams`. */
  readonly streams: number;
  /** Exporters that write to the tenant, one a cluster; the replicas of one count as one. */
  readonly clusters: number;
  /** Routes of each exporter, to whatever tenants: all of the budget may be used up by those to this one. */
  readonly routes?: number;
  /** Active streams that others have in the tenant, such as the logs of applications. */
  readonly others?: number;
  /** The tenant's `max_global_streams_per_user`; 0 for none. */
  readonly limit?: number;
}

/** Whether the budgets fit under the tenant's limit. */
export interface TenantVerdict {
  /**
   * `tight`: they do, if streams spread over the ingesters evenly; `exceeds`: Loki refuses new streams before the
   * budgets are used up.
   */
  readonly verdict: 'fits' | 'tight' | 'exceeds';
  /** The most active streams that the tenant can come to. */
  readonly needed: number;
  /** The largest budget of each exporter that fits; undefined where none does. */
  readonly fittingBudget: number | undefined;
  /** The least limit, in whole thousands, under which the budgets fit. */
  readonly fittingLimit: number;
  /** What is wrong and what to set, in sentences; undefined where nothing is. */
  readonly advice: string | undefined;
}

/** Holds the budgets of all exporters that write to a tenant against its limit of active streams. */
export function judgeTenant(load: TenantLoad): TenantVerdict {
  const { streams, clusters, routes = 0, others = 0, limit = defaultStreamLimit } = load;
  const kept = (routes + 1) * streamsPerRoute;
  const each = Math.max(streams, kept);
  const needed = each * clusters + others;
  const usable = limit === 0 ? Number.POSITIVE_INFINITY : limit * usableShare;
  const room = Math.min(Math.floor((usable - others) / clusters), each);
  const fittingBudget = room < Math.max(leastBudget, kept) ? undefined : room;
  const fittingLimit = Math.ceil(needed / usableShare / 1000) * 1000;
  if (needed <= usable) return { verdict: 'fits', needed, fittingBudget, fittingLimit, advice: undefined };
  const verdict = needed <= limit ? 'tight' : 'exceeds';
  const sizes = `${formatCount(needed)} active streams`;
  const limited = `the tenant's max_global_streams_per_user of ${formatCount(limit)}`;
  const problem =
    verdict === 'tight'
      ? `Up to ${sizes} are more than ${usableShare * 100} % of ${limited}, whose share some ingester reaches first.`
      : `Up to ${sizes} are more than ${limited}.`;
  const raise = `max_global_streams_per_user to ${formatCount(fittingLimit)}`;
  const remedy =
    fittingBudget === undefined
      ? `Set ${raise}, or give fewer clusters the same tenant.`
      : `Set cardinality.streams to at most ${formatCount(fittingBudget)} in each cluster, or ${raise}.`;
  return { verdict, needed, fittingBudget, fittingLimit, advice: `${problem} ${remedy}` };
}

/** `4,000` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
