import type { Config } from '../config/schema.ts';
import { defaultStreamLimit, formatCount, judgeTenant } from '../loki/cardinality/tenant-limit.ts';
import type { Finding, Status } from './finding.ts';
import type { Limit } from './loki-limits.ts';

/** What the budget is held against. */
export interface BudgetLoad {
  readonly clusters: number;
  /** As it was given; 0 for none. */
  readonly givenLimit: number | undefined;
  /** As Loki tells it. */
  readonly toldLimit?: Limit | undefined;
}

const statusOf = { fits: 'ok', tight: 'warning', exceeds: 'fault' } as const satisfies Record<string, Status>;

/** Whether the budgets of all clusters fit under the tenant's limit of streams. */
export function checkBudget(
  { cardinality, routes }: Pick<Config, 'cardinality' | 'routes'>,
  { clusters, givenLimit, toldLimit }: BudgetLoad,
): Finding {
  const told = typeof toldLimit?.value === 'number' ? toldLimit.value : undefined;
  const limit = givenLimit ?? told ?? defaultStreamLimit;
  const isDefault = givenLimit === undefined && told !== undefined && !toldLimit?.certain;
  const { streams } = cardinality;
  const { verdict, needed, advice } = judgeTenant({ streams, clusters, routes: routes.length, limit });
  const many = clusters === 1 ? '1 cluster' : `${formatCount(clusters)} clusters`;
  const budget = `${formatCount(streams)} streams × ${many} = ${formatCount(needed)}`;
  const most = limit === 0 ? 'without a limit' : `under a limit of ${formatCount(limit)}`;
  return {
    check: 'cardinality-budget',
    // The tenant may have another limit than the one that is told.
    status: isDefault && verdict === 'exceeds' ? 'warning' : statusOf[verdict],
    found: `${budget}, ${most} (${sourceOf({ givenLimit, told, certain: toldLimit?.certain })}): ${verdict}`,
    ...(advice && { advice }),
  };
}

function sourceOf(limit: {
  readonly givenLimit: number | undefined;
  readonly told: number | undefined;
  readonly certain: boolean | undefined;
}): string {
  if (limit.givenLimit !== undefined) return 'as given';
  if (limit.told === undefined) return "Loki's default; --stream-limit gives another";
  return limit.certain ? 'as Loki says' : "Loki's setting for tenants without one of their own";
}
