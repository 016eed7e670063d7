import type { AlertCase } from './case.ts';
import { capacityCases } from './cases/capacity.ts';
import { controllerCases } from './cases/controllers.ts';
import { nodeStateCases } from './cases/node-states.ts';
import { nodeCases } from './cases/nodes.ts';
import { pathCases } from './cases/path.ts';
import { podCases } from './cases/pods.ts';
import { volumeCases } from './cases/volumes.ts';
import { warningCases } from './cases/warnings.ts';

/** What happens to clusters, one by one, and which alerts it raises. */
export const cases: readonly AlertCase[] = [
  ...warningCases,
  ...podCases,
  ...capacityCases,
  ...volumeCases,
  ...controllerCases,
  ...nodeStateCases,
  ...nodeCases,
  ...pathCases,
];
