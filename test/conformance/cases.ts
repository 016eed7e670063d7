import { countCases } from './count-cases.ts';
import { fieldCases } from './field-cases.ts';
import { hostileCases } from './hostile-cases.ts';
import { timeCases } from './time-cases.ts';
import { workloadCases } from './workload-cases.ts';

/** Every case, by what it is about. */
export const cases = { fieldCases, timeCases, countCases, workloadCases, hostileCases };
