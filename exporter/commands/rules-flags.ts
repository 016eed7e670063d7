/*
 * Apart from the command, so that the other commands start without the catalogue and Grafana's SDK.
 */
import { rulesConfigFlags } from '../../alert-rules/config-flags.ts';

/** A flag of `rules` that takes a value. */
interface RulesFlag {
  readonly flag: `--${string}`;
  readonly value: string;
  readonly description: string;
}

/** The flags that say where the rules go, in the order of `--help`. */
const targetFlags: readonly RulesFlag[] = [
  { flag: '--out', value: 'DIR', description: 'Where the files go; without it, or with -, to stdout.' },
  {
    flag: '--target',
    value: 'NAME',
    description: 'What to write, as in grafana; ruler by default. --list says which there are.',
  },
  {
    flag: '--config',
    value: 'FILE',
    description: 'A YAML file with thresholds, windows and all else; every default without it.',
  },
  { flag: '--namespace', value: 'NAME', description: 'The namespace of the resources.' },
  {
    flag: '--resource-label',
    value: 'NAME=VALUE',
    description: 'The label by which the resources are selected; what is usual by default.',
  },
  { flag: '--tenant', value: 'ID', description: 'The tenant of Loki that the rules are evaluated for.' },
  {
    flag: '--folder',
    value: 'FOLDER',
    description: 'The folder in Grafana, by its title; Kubernetes events by default.',
  },
];

/** Every flag that takes a value, in the order of `--help`. */
export const rulesFlags: readonly RulesFlag[] = [...targetFlags, ...rulesConfigFlags];

/** What `rules` is called with: texts by the names of the flags, as in `clusterLabel`. */
export interface RulesOptions {
  readonly out?: string;
  readonly target?: string;
  readonly config?: string;
  readonly namespace?: string;
  readonly resourceLabel?: string;
  readonly tenant?: string;
  readonly folder?: string;
  readonly profile?: string;
  readonly job?: string;
  readonly clusterLabel?: string;
  readonly language?: string;
  readonly grafana?: string;
  readonly datasource?: string;
  readonly runbooks?: string;
  /** Says which targets and rules there are. */
  readonly list?: boolean;
}
