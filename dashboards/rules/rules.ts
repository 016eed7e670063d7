import { colourRules } from './colours.ts';
import { gridRules } from './grid.ts';
import { linkRules } from './links.ts';
import { linterRules } from './linter.ts';
import { panelRules } from './panels.ts';
import { queryRules } from './queries.ts';
import type { Rule } from './rule.ts';
import { variableRules } from './variables.ts';

/** Everything that a dashboard has to hold. */
export const rules: readonly Rule[] = [
  ...gridRules,
  ...panelRules,
  ...colourRules,
  ...queryRules,
  ...variableRules,
  ...linkRules,
  ...linterRules,
];
