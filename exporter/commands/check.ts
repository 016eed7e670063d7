import type { KubeConfig } from '@kubernetes/client-node';
import { type ApiServerFindings, apiServerChecks, checkApiServer } from '../check/api-server.ts';
import { checkBudget } from '../check/budget.ts';
import { checks, type Finding, notChecked } from '../check/finding.ts';
import { checkLoki } from '../check/loki-server.ts';
import { formatReport, type ReportFormat, reportFormats, resultOf } from '../check/report.ts';
import { neededRights } from '../check/rights.ts';
import { secretsOf, withoutSecrets } from '../check/secrets.ts';
import { checkStorage } from '../check/storage.ts';
import { ConfigError, type FlagValues, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { loadKubeConfig } from '../kubernetes/credentials.ts';
import { leasePlace } from '../lease-place.ts';
import type { Output } from './output.ts';

/** What `check` is told beside the configuration, as texts. */
export interface CheckOptions {
  readonly clusters?: string;
  readonly streamLimit?: string;
  readonly format?: string;
  /** Write an entry to Loki, and read it back. */
  readonly canary?: boolean;
  /** Ask neither Kubernetes nor Loki. */
  readonly offline?: boolean;
}

/** The options, read. */
interface Task {
  readonly clusters: number;
  readonly givenLimit: number | undefined;
  readonly format: ReportFormat;
  readonly canary: boolean;
  readonly offline: boolean;
}

/**
 * `check`: whether the exporter would work with a configuration, said before the first event: every fault, and what to
 * do about it. Without `canary` it writes nothing to Loki.
 * @returns the exit code: 1 where there is a fault, 2 for an option that isn't accepted
 * @throws ConfigError with every fault of the configuration, where the format isn't JSON
 */
export async function check(
  configFile: string | undefined,
  given: FlagValues,
  options: CheckOptions,
  output: Output = process.stdout,
): Promise<number> {
  const task = readTask(options);
  if (typeof task === 'string') {
    output.write(`${task}\n`);
    return 2;
  }
  let config: Config;
  try {
    config = loadConfig(configFile, given);
  } catch (error) {
    if (!(error instanceof ConfigError) || task.format !== 'json') throw error;
    const faults = error.message.split('\n').map((found): Finding => {
      return { check: 'configuration', status: 'fault', found };
    });
    output.write(formatReport(faults, 'json'));
    return 2;
  }
  const { findings, secrets } = await findAll(config, task);
  output.write(
    formatReport(
      inOrder(findings).map(finding => withoutSecrets(finding, secrets)),
      task.format,
    ),
  );
  return resultOf(findings) === 'fault' ? 1 : 0;
}

/** @returns what is wrong with them, as a text */
function readTask(options: CheckOptions): Task | string {
  const { canary = false, offline = false, streamLimit } = options;
  const clusters = wholeNumber(options.clusters ?? '1', 1);
  const givenLimit = streamLimit === undefined ? undefined : wholeNumber(streamLimit, 0);
  if (clusters === undefined || (streamLimit !== undefined && givenLimit === undefined)) {
    return '--clusters takes a number from 1, --stream-limit one from 0 (no limit)';
  }
  const format = reportFormats.find(name => name === (options.format ?? 'text'));
  if (format === undefined) {
    return `--format ${options.format} is not known; it can be ${reportFormats.join(', ')}`;
  }
  if (canary && offline) return '--canary asks Loki, and --offline does not: give one of them';
  return { clusters, givenLimit, format, canary, offline };
}

/** Kubernetes and Loki at the same time, each step by step. */
async function findAll(
  config: Config,
  task: Task,
): Promise<{ readonly findings: Finding[]; readonly secrets: readonly string[] }> {
  const sound: Finding = { check: 'configuration', status: 'ok', found: 'sound' };
  if (task.offline) {
    return { findings: [sound, checkBudget(config, task)], secrets: await secretsOf(config, undefined) };
  }
  const kubeConfig = openKubeConfig(config);
  const lease = kubeConfig.config && leasePlace(config, kubeConfig.config);
  const secrets = secretsOf(config, kubeConfig.config);
  const needs = { rights: neededRights(config, lease), lease };
  const api = kubeConfig.config
    ? checkApiServer(kubeConfig.config, needs)
    : Promise.resolve<ApiServerFindings>({
        findings: [kubeConfig.fault, ...notChecked(apiServerChecks(needs), 'there is no kubeconfig')],
        clock: undefined,
      });
  const loki =
    config.output === 'loki'
      ? checkLoki(config, { ...task, apiClock: api.then(({ clock }) => clock) })
      : Promise.resolve([
          checkBudget(config, task),
          ...(task.canary ? notChecked(['canary'], 'entries do not go to Loki') : []),
        ]);
  const storage = await checkStorage(config, config.lease !== undefined || lease !== undefined);
  return { findings: [sound, ...storage, ...(await api).findings, ...(await loki)], secrets: await secrets };
}

function openKubeConfig({
  kubeconfig,
}: Config): { readonly config: KubeConfig } | { readonly config?: never; readonly fault: Finding } {
  try {
    return { config: loadKubeConfig(kubeconfig) };
  } catch (error) {
    const from = kubeconfig ? `kubeconfig ${kubeconfig}` : 'kubeconfig';
    // What a YAML parser says further shows the lines around, and a token may be there.
    const [reason] = (error as Error).message.split('\n');
    return {
      fault: {
        check: 'api-server',
        status: 'fault',
        found: `${from}: ${reason}`,
        advice: 'give one with --kubeconfig FILE',
      },
    };
  }
}

/** As the checks are listed; those of one tenant or namespace stay in their order. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const names = Object.keys(checks);
  return findings.toSorted((a, b) => names.indexOf(a.check) - names.indexOf(b.check));
}

function wholeNumber(text: string, least: number): number | undefined {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least ? number : undefined;
}
