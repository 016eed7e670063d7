import type { Field } from '../../dashboards/profile.ts';
import { type Asked, type Fact, lastSeen, type Rows, ratio, sum } from './facts.ts';

/** What a query of a panel answers, told from the facts. */
export interface Expectation {
  /** The dashboard's file, its panel's title and type, and the query's refId. */
  readonly query: readonly [dashboard: string, panel: string, type: string, refId: string];
  /** The labels that tell its series apart. */
  readonly by: readonly Field[];
  readonly rows: (asked: Asked) => Rows;
  /** Only where entries have this field. */
  readonly needs?: Field;
}

const day = 24 * 60;
const isWarning = ({ fields }: Fact) => fields.type === 'Warning';
const hasReason =
  (...reasons: string[]) =>
  ({ fields }: Fact) =>
    reasons.includes(fields.reason ?? '');
const says =
  (text: string) =>
  ({ message }: Fact) =>
    message.includes(text);

function both(...tests: ((fact: Fact) => boolean)[]): (fact: Fact) => boolean {
  return fact => tests.every(test => test(fact));
}

function total(dashboard: string, panel: string, where: (fact: Fact) => boolean = () => true): Expectation {
  return { query: [dashboard, panel, 'stat', 'A'], by: [], rows: asked => sum(asked, { where }) };
}

/** A table's query. */
function column(
  dashboard: string,
  panel: string,
  refId: string,
  by: readonly Field[],
  where: (fact: Fact) => boolean = () => true,
  earlier = 0,
): Expectation {
  const rows = (asked: Asked) => sum(asked, { by, where, earlier });
  return { query: [dashboard, panel, 'table', refId], by, rows };
}

/** Of all namespaces and workloads, whatever the variables say. */
function everywhere(expectation: Expectation): Expectation {
  return {
    ...expectation,
    rows: ({ choices: { namespace: _, workload: __, ...choices }, ...asked }) =>
      expectation.rows({ ...asked, choices }),
  };
}

const nodeReasons = {
  'Not ready': ['NodeNotReady'],
  Rebooted: ['Rebooted'],
  Pressure: ['NodeHasDiskPressure', 'EvictionThresholdMet'],
  Evicted: ['Evicted', 'TaintManagerEviction'],
  'Out of memory': ['SystemOOM', 'OOMKilling'],
  'Other problems': ['ConntrackFull', 'KernelDeadlock'],
} as const;

/** The table of expected numbers. */
export const expectations: readonly Expectation[] = [
  total('overview', 'Occurrences'),
  total('overview', 'Warnings', isWarning),
  {
    query: ['overview', 'Warning share', 'stat', 'A'],
    by: [],
    rows: asked => ratio(sum(asked, { where: isWarning }), sum(asked, {})),
  },
  {
    query: ['overview', 'Warnings against the day before', 'stat', 'A'],
    by: [],
    rows: asked => ratio(sum(asked, { where: isWarning }), sum(asked, { where: isWarning, earlier: day })),
  },
  column('overview', 'Reasons', 'A', ['reason']),
  column('overview', 'Reasons', 'B', ['reason'], undefined, day),
  {
    query: ['overview', 'Workloads', 'table', 'A'],
    by: ['cluster', 'namespace', 'workload'],
    rows: asked => lastSeen(asked, { by: ['cluster', 'namespace', 'workload'] }),
    needs: 'workload',
  },
  {
    query: ['overview', 'New reasons', 'table', 'A'],
    by: ['reason'],
    rows: asked => {
      const before = sum({ ...asked, minutes: 7 * day }, { by: ['reason'], earlier: asked.minutes });
      return new Map([...sum(asked, { by: ['reason'] })].filter(([reason]) => !before.has(reason)));
    },
  },
  total('warnings', 'Warnings', isWarning),
  {
    query: ['warnings', 'Reasons', 'stat', 'A'],
    by: [],
    rows: asked => count(sum(asked, { by: ['reason'], where: isWarning })),
  },
  {
    query: ['warnings', 'Namespaces', 'stat', 'A'],
    by: [],
    rows: asked => count(sum(asked, { by: ['namespace'], where: isWarning })),
  },
  column('warnings', 'Reasons', 'A', ['reason'], isWarning),
  { ...column('warnings', 'Clusters', 'A', ['cluster'], isWarning), needs: 'cluster' },
  column('warnings', 'Namespaces', 'A', ['namespace'], isWarning),
  column('warnings', 'Kinds', 'A', ['kind'], isWarning),
  {
    query: ['warnings', 'Workloads', 'table', 'A'],
    by: ['cluster', 'namespace', 'workload'],
    rows: asked => lastSeen(asked, { by: ['cluster', 'namespace', 'workload'], where: isWarning }),
    needs: 'workload',
  },
  // What happens to nodes is in no namespace that a person would choose.
  ...Object.entries(nodeReasons).map(([panel, reasons]) =>
    panel === 'Evicted'
      ? total('nodes', panel, hasReason(...reasons))
      : everywhere(total('nodes', panel, hasReason(...reasons))),
  ),
  everywhere(column('nodes', 'Reasons', 'A', ['reason'], ({ fields }) => fields.kind === 'Node')),
  everywhere(column('nodes', 'Reasons', 'B', ['reason'], ({ fields }) => fields.kind === 'Node', day)),
  total('scheduling', 'No node', hasReason('FailedScheduling')),
  total('scheduling', 'Quota exceeded', both(hasReason('FailedCreate'), says('exceeded quota'))),
  total('scheduling', 'Preempted', hasReason('Preempted')),
  total(
    'scheduling',
    'Volume failures',
    hasReason('FailedMount', 'FailedAttachVolume', 'ProvisioningFailed'),
  ),
  total('scheduling', 'Image failures', says('Failed to pull image')),
  {
    query: ['scheduling', 'Causes', 'table', 'A'],
    by: ['cause' as Field],
    rows: asked => {
      const waiting = sum(asked, { where: hasReason('FailedScheduling') }).get('');
      return new Map(waiting === undefined ? [] : [['Insufficient cpu', waiting]]);
    },
  },
  column('scheduling', 'Quota exceeded, by namespace', 'A', ['namespace'], says('exceeded quota')),
];

function count(rows: Rows): Rows {
  return new Map(rows.size === 0 ? [] : [['', rows.size]]);
}

/** Some numbers of an hour with everything selected, written down by hand: what the rest is checked against. */
export const byHand: Readonly<Record<string, number>> = {
  // 1 + 3 + 5 + 11 + 44 and 2 of the one that repeats, 40 of a first start, 1 of the decoy.
  'overview Reasons BackOff': 107,
  // 20 pods with 25 each.
  'overview Reasons FailedMount': 500,
  // Three each in 31 minutes.
  'overview Reasons FailedScheduling': 93,
  // Reason 1 + 6.
  'overview Reasons __other__': 7,
  'nodes Not ready': 1,
  'nodes Rebooted': 1,
  // 3 of NodeHasDiskPressure, 1 of EvictionThresholdMet.
  'nodes Pressure': 4,
  'nodes Evicted': 2,
  // 1 of SystemOOM, 4 of OOMKilling.
  'nodes Out of memory': 5,
  // 6 of ConntrackFull, 1 of KernelDeadlock.
  'nodes Other problems': 7,
  'scheduling Quota exceeded': 5,
};
