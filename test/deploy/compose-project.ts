import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { needBinaries } from '../servers/binaries.ts';

/** The folder with what `docker compose` runs, and that of the whole project. */
export const composeFolder = fileURLToPath(new URL('../../deploy/compose', import.meta.url));
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The text of a file in the folder of compose. */
export function composeFile(name: string): string {
  return readFileSync(`${composeFolder}/${name}`, 'utf8');
}

/** A compose file as it is after interpolation and normalisation. */
export interface ComposeProject {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** A service of it, as far as tests look. */
export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly target: number;
    readonly published: string;
  }[];
  readonly volumes?: readonly Mount[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
}

/** A mount of a service. */
export interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly bind?: { readonly create_host_path?: boolean };
}

/** What `docker compose` reads from the folder's `.env`. */
export function composeEnv(): Readonly<Record<string, string>> {
  return parseEnv(composeFile('.env')) as Record<string, string>;
}

/**
 * Loads a compose file with the loader of the Compose Specification's authors, which `docker compose` uses too: its schema,
 * and that names refer to something.
 *
 * @param text in place of our compose.yaml
 * @param env in place of our .env
 * @throws Error with its own words where the specification doesn't allow it
 */
export async function loadCompose(
  text = composeFile('compose.yaml'),
  env = composeEnv(),
): Promise<ComposeProject> {
  const { 'compose-spec': program } = await needBinaries('compose');
  const json = execFileSync(program, ['-format', 'json', '-'], {
    cwd: composeFolder,
    env: { HOME: '/home/somebody' },
    input: substitute(text, env),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return JSON.parse(json) as ComposeProject;
}

/** Puts in variables that are set; those that aren't are the loader's: its command line knows no environment. */
function substitute(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)[:?-][^}]*\}/g, (whole, name: string) => env[name] ?? whole);
}
