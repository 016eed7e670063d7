import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { z } from 'zod';
import { type RulesConfig, rulesConfigSchema } from '../../alert-rules/config.ts';
import { renderRules } from '../../alert-rules/render.ts';
import { alertmanager } from '../../alert-rules/targets/alertmanager.ts';
import { filesOf } from '../../alert-rules/targets/target.ts';
import { type Alertmanager, startAlertmanager } from '../servers/alertmanager.ts';
import { needBinaries } from '../servers/binaries.ts';
import { temporaryFolder } from '../servers/warden.ts';

/** What a test sets of a configuration. */
export type Given = z.input<typeof rulesConfigSchema>;

/** An alert as a ruler sends it. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startsAt?: string;
  /** RFC 3339: before now it is resolved. */
  readonly endsAt?: string;
}

/** What `kube-events-loki rules --target alertmanager` writes for a configuration. */
export function alertmanagerFiles(config: RulesConfig) {
  const files = new Map(filesOf(alertmanager, renderRules(config), config));
  const text = files.get('alertmanager.yml');
  if (text === undefined) throw new Error('the target wrote no alertmanager.yml');
  files.delete('alertmanager.yml');
  return { config: text, files: Object.fromEntries(files) };
}

/** Groupings with which a message comes at once. */
export const atOnce = { wait: '0s', interval: '1s', repeat: '1h' } as const;

/** A running Alertmanager with a configuration of ours, and the folder of its secrets. */
export interface ConfiguredAlertmanager extends Alertmanager {
  send(alerts: readonly SentAlert[]): Promise<void>;
  /** Names and `mutedBy`-like states of the alerts that it has. */
  alerts(): Promise<readonly AlertState[]>;
}

interface AlertState {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

/**
 * Starts an Alertmanager with what we generate.
 *
 * @param secrets texts of files by name
 * @param given the configuration, by the folder of the secrets
 */
export async function startConfigured(
  secrets: Readonly<Record<string, string>>,
  given: (folder: string) => Given,
): Promise<ConfiguredAlertmanager> {
  const folder = temporaryFolder('alertmanager-secrets');
  for (const [name, text] of Object.entries(secrets)) await writeFile(join(folder.path, name), text);
  const files = alertmanagerFiles(rulesConfigSchema.parse(given(folder.path)));
  const running = await startAlertmanager(files).catch(async (error: unknown) => {
    await folder.remove();
    throw error;
  });
  const stop = async () => {
    await running.stop();
    await folder.remove();
  };
  return {
    ...running,
    stop,
    [Symbol.asyncDispose]: stop,
    send: alerts => sendAlerts(running.url, alerts),
    alerts: async () => (await (await fetch(`${running.url}/api/v2/alerts`)).json()) as AlertState[],
  };
}

/** Sends alerts as a ruler does. @throws Error where they are refused */
export async function sendAlerts(url: string, alerts: readonly SentAlert[]): Promise<void> {
  const hour = 3_600_000;
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      alerts.map(alert => ({ endsAt: new Date(Date.now() + hour).toISOString(), ...alert })),
    ),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

const run = promisify(execFile);

/** Writes files for amtool, and asks it. @throws Error with what it says where it fails */
export async function amtool(
  { config, files }: ReturnType<typeof alertmanagerFiles>,
  command: (configFile: string) => readonly string[],
): Promise<string> {
  const { amtool } = await needBinaries('alertmanager');
  await using folder = temporaryFolder('amtool');
  const configFile = join(folder.path, 'alertmanager.yml');
  await writeFile(configFile, config);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const { stdout } = await run(amtool, [...command(configFile)]);
  return stdout;
}
