/** What is checked, in the order in which it is told. */
export const checks = {
  configuration:
    'its keys and flags are sound, and the files and environment variables that it names are there',
  checkpoint: 'the file that keeps the position can be written to, and what is in it can be read',
  state: 'the folder of the local state can be written to, and there is room for the spool',
  output: 'the file that entries go to can be written to',
  'api-server': 'the API server is reached, and its certificate is good',
  'api-version': 'it is at least Kubernetes 1.25',
  'api-clock': "its clock and this machine's agree",
  credentials: 'it accepts the credentials',
  'events-right': 'events may be listed and watched, in all namespaces or in each that is named',
  'pods-right': 'so may Pods, with `terminations`',
  'lease-right': 'the Lease may be read and updated, by its name',
  lease: 'the Lease is there, and the checkpoint on it can be read',
  loki: 'Loki is reached, and its certificate is good',
  'loki-version': 'it is at least Loki 3.0, where structured metadata is sent',
  'loki-clock': "its clock, this machine's and the API server's agree",
  push: 'the push endpoint is there, and takes the credentials and the tenant',
  canary: 'with `--canary`: an entry is stored, and found again',
  'structured-metadata': 'the tenant may send it, or it is not needed',
  limits: "the tenant's limits leave room for what is sent",
  'cardinality-budget': "the budgets of all clusters fit under the tenant's limit of streams",
  read: 'with `loki.readUrl`: counts can be asked of Loki',
} as const;

export type CheckName = keyof typeof checks;

/**
 * - `warning`: the exporter works, not as well as it could.
 * - `fault`: it doesn't work, or not all of it.
 * - `not checked`: it can't be told, or something else has to be mended first; the finding says which.
 */
export const statuses = ['ok', 'warning', 'fault', 'not checked'] as const;
export type Status = (typeof statuses)[number];

/** What one check came to. */
export interface Finding {
  readonly check: CheckName;
  /** Of what, where there are several: a namespace, a tenant. */
  readonly of?: string;
  readonly status: Status;
  readonly found: string;
  /** What to do. */
  readonly advice?: string;
  /** Kubernetes objects that mend it when they are applied. */
  readonly manifests?: readonly object[];
}

/** What was not checked because something else has to be mended first. */
export function notChecked(names: readonly CheckName[], reason: string): Finding[] {
  return names.map(check => ({ check, status: 'not checked', found: reason }));
}
