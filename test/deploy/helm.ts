import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../servers/api.ts';
import { needBinaries } from '../servers/binaries.ts';

/** The folder of the chart. */
export const chart = fileURLToPath(new URL('../../deploy/helm/kube-events-loki/', import.meta.url));

/**
 * A copy of the chart to install: the API server of the tests says that it is v0.0.0, since its version is given to the
 * build from outside, and the chart wants a newer one.
 * @returns its folder
 */
export async function installableChart(folder: string): Promise<string> {
  const copy = join(folder, 'kube-events-loki');
  await cp(chart, copy, { recursive: true });
  const file = join(copy, 'Chart.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^kubeVersion: .*$/m, ''));
  return copy;
}

/** Values as a user gives them. */
export type Values = Readonly<Record<string, unknown>>;

/** An object of a manifest. */
export type Manifest = KubernetesObject & { readonly kind: string; readonly apiVersion: string };

/** A program's end. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The objects of a YAML text; documents that hold none are left out. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map(document => document.toJS() as Manifest | null)
    .filter(object => object !== null);
}

/** The chart's default values. */
export function defaultValues(): string {
  return readFileSync(join(chart, 'values.yaml'), 'utf8');
}

/** The real helm with a home of its own. */
export class Helm {
  readonly #command: string;
  readonly #folder: string;
  readonly #kubeconfig: string | undefined;

  private constructor(command: string, folder: string, kubeconfig: string | undefined) {
    this.#command = command;
    this.#folder = folder;
    this.#kubeconfig = kubeconfig;
  }

  /** @param folder for its files @param kubeconfig of the cluster that it installs to, where it does */
  static async create(folder: string, kubeconfig?: string): Promise<Helm> {
    const { helm } = await needBinaries('helm');
    const home = join(folder, 'helm');
    await mkdir(home, { recursive: true });
    return new Helm(helm, home, kubeconfig);
  }

  /** Runs a command of helm with a file of values. @throws Error with its words where it fails */
  async run(args: readonly string[], values: Values = {}): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, values);
    if (code !== 0) throw new Error(`helm ${args.join(' ')}: exit code ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** The same, for commands that may fail. */
  async try(args: readonly string[], values?: Values): Promise<Ended> {
    const file = join(this.#folder, `values-${randomUUID()}.yaml`);
    if (values !== undefined) await writeFile(file, JSON.stringify(values));
    const cluster = this.#kubeconfig === undefined ? [] : ['--kubeconfig', this.#kubeconfig];
    const given = values === undefined ? [] : ['--values', file];
    return execute(this.#command, [...args, ...given, ...cluster], {
      HELM_DATA_HOME: this.#folder,
      HOME: this.#folder,
    });
  }

  /** What the chart makes of values, as objects; that of tests too. @throws Error with helm's words */
  async template(values: Values, { release = 'events', namespace = 'obs' } = {}): Promise<Manifest[]> {
    const args = ['template', release, chart, '--namespace', namespace, '--kube-version', '1.36.3'];
    return parseManifests(await this.run(args, values));
  }
}

/** Runs a program to its end. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 << 20 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') return reject(error);
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
