import type { Scenario } from './scenario.ts';
import { clocks } from './scenarios/clocks.ts';
import { compacted } from './scenarios/compacted.ts';
import { credentials } from './scenarios/credentials.ts';
import { exporterKilled } from './scenarios/exporter-killed.ts';
import { limits } from './scenarios/limits.ts';
import { network } from './scenarios/network.ts';
import { replicas } from './scenarios/replicas.ts';
import { restored } from './scenarios/restored.ts';
import { serversKilled } from './scenarios/servers-killed.ts';

/** Everything that goes wrong, in the order in which it does. */
export const SCENARIOS: readonly Scenario[] = [
  ...exporterKilled,
  ...serversKilled,
  ...compacted,
  ...restored,
  ...network,
  ...credentials,
  ...replicas,
  ...limits,
  ...clocks,
];
