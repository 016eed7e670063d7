/** A flag of `run`, and the configuration key that it sets. Flags win over the file. */
export interface Flag {
  readonly flag: `--${string}`;
  readonly value: string;
  readonly key: readonly [string, ...string[]];
}

export const flags: readonly Flag[] = [
  { flag: '--kubeconfig', value: 'FILE', key: ['kubeconfig'] },
  { flag: '--output', value: 'WHERE', key: ['output'] },
  { flag: '--loki-url', value: 'URL', key: ['loki', 'url'] },
  { flag: '--tenant', value: 'ID', key: ['loki', 'tenant'] },
  { flag: '--cluster', value: 'NAME', key: ['cluster'] },
  { flag: '--listen', value: 'HOST:PORT', key: ['listen'] },
  { flag: '--checkpoint-file', value: 'FILE', key: ['checkpoint', 'file'] },
  { flag: '--state-dir', value: 'DIR', key: ['state', 'dir'] },
  { flag: '--lease', value: 'NAMESPACE/NAME', key: ['lease'] },
  { flag: '--since', value: 'DURATION', key: ['since'] },
  { flag: '--log-level', value: 'LEVEL', key: ['log', 'level'] },
];
