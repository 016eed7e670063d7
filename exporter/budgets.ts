import type { Config } from './config/schema.ts';
import { CardinalityBudget } from './loki/cardinality/budget.ts';
import { FoldStateError } from './loki/cardinality/fold-state.ts';
import type { Logger } from './telemetry/log.ts';

/** Who a budget is for: the entries that come, or those that are settled. */
export type BudgetRole = 'live' | 'settled';

/**
 * Makes the cardinality budgets that the configuration asks for, from the state that a checkpoint holds. A state that
 * can't be read is told, and the budget starts empty.
 */
export function budgetFactory({ cardinality, routes }: Config, log: Logger) {
  const options = { ...cardinality, routes: ['', ...routes.map(({ name }) => name)] };
  const live = {
    ...options,
    folding: (label: string, value: string) =>
      log.warn(
        { label, value, folded: `event_${label}` },
        'the cardinality budget is used up: values of this label go to __other__, the real ones to metadata',
      ),
  };
  return (folds: unknown, role: BudgetRole): CardinalityBudget => {
    const given = role === 'live' ? live : options;
    try {
      return new CardinalityBudget(given, folds);
    } catch (error) {
      if (!(error instanceof FoldStateError)) throw error;
      if (role === 'live') log.error({ error: error.message }, 'the cardinality budget starts empty');
      return new CardinalityBudget(given);
    }
  };
}

export type BudgetFactory = ReturnType<typeof budgetFactory>;
