import { accessSync, constants } from 'node:fs';

/** Keys of a configuration as it was given, before anything is known of its types. */
export type Given = (name: string) => unknown;

/** What is wrong with keys that are well on their own. */
export interface CombinationFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** Of these, at most one. */
const exclusive = [
  ['loki.basicAuth', 'loki.bearerTokenFile', 'loki.bearerTokenEnv'],
  ['loki.basicAuth.passwordFile', 'loki.basicAuth.passwordEnv'],
];

const tlsKeys = ['caFile', 'certFile', 'keyFile', 'serverName', 'insecureSkipVerify'];

/** All faults between keys, and between keys and this machine. */
export function combinationFaults(input: unknown): CombinationFault[] {
  const given = givenIn(input);
  return [
    ...lokiUrlFaults(given),
    ...exclusiveFaults(given, ['lease', 'checkpoint.file']),
    ...neededFaults(given, 'state.spool', 'state.dir'),
    ...tenantFaults(given),
    ...heartbeatFaults(given),
    ...connectionFaults(given),
  ];
}

/** Faults of the section `loki` that are about how it is reached. */
export function connectionFaults(given: Given): CombinationFault[] {
  const url = given('loki.url');
  const isPlain = typeof url === 'string' && url.startsWith('http://');
  return [
    ...exclusive.flatMap(names => exclusiveFaults(given, names)),
    ...neededFaults(given, 'loki.tls.certFile', 'loki.tls.keyFile'),
    ...neededFaults(given, 'loki.tls.keyFile', 'loki.tls.certFile'),
    ...passwordFaults(given),
    ...tlsKeys
      .filter(key => isPlain && given(`loki.tls.${key}`) !== undefined)
      .map(key => fault(`loki.tls.${key}`, 'has no meaning for an http:// URL: give loki.url with https://')),
    ...fileFaults(given, 'loki.basicAuth.passwordFile'),
    ...fileFaults(given, 'loki.bearerTokenFile'),
    ...['caFile', 'certFile', 'keyFile'].flatMap(key => fileFaults(given, `loki.tls.${key}`)),
    ...variableFaults(given, 'loki.basicAuth.passwordEnv'),
    ...variableFaults(given, 'loki.bearerTokenEnv'),
  ];
}

/** Of these keys at most one can be given. */
export function exclusiveFaults(given: Given, names: readonly string[]): CombinationFault[] {
  const [first, ...rest] = names.filter(name => given(name) !== undefined);
  return rest.map(name => fault(name, `not together with ${first}: give one of ${names.join(', ')}`));
}

function neededFaults(given: Given, name: string, other: string): CombinationFault[] {
  return given(name) !== undefined && given(other) === undefined ? [fault(name, `needs ${other} too`)] : [];
}

/** What can't be read is told at the start. */
export function fileFaults(given: Given, name: string): CombinationFault[] {
  const file = given(name);
  if (typeof file !== 'string') return [];
  try {
    accessSync(file, constants.R_OK);
    return [];
  } catch (error) {
    return [fault(name, `can't be read: ${(error as Error).message}`)];
  }
}

export function variableFaults(given: Given, name: string): CombinationFault[] {
  const variable = given(name);
  const unset = typeof variable === 'string' && process.env[variable] === undefined;
  return unset ? [fault(name, `the environment variable ${variable} is not set`)] : [];
}

function lokiUrlFaults(given: Given): CombinationFault[] {
  const section = given('loki');
  // A section that is no section is refused as such.
  if (section !== undefined && typeof section !== 'object') return [];
  if ((given('output') ?? 'loki') !== 'loki' || given('loki.url') !== undefined) return [];
  return [fault('loki.url', 'missing; give --loki-url URL, or the key in the --config file')];
}

function passwordFaults(given: Given): CombinationFault[] {
  const sources = ['passwordFile', 'passwordEnv'].map(key => given(`loki.basicAuth.${key}`));
  if (given('loki.basicAuth') === undefined || sources.some(source => source !== undefined)) return [];
  return [fault('loki.basicAuth', 'needs passwordFile or passwordEnv too')];
}

/** A dry run shows tenants, so it has the configuration of a real one. */
function tenantFaults(given: Given): CombinationFault[] {
  const [output, routes] = [given('output') ?? 'loki', given('routes')];
  if (!isWithoutTenants(output) || !Array.isArray(routes)) return [];
  return routes.flatMap((_, index) => {
    const name = `routes.${index}.tenant`;
    if (given(name) === undefined) return [];
    return [
      fault(name, `has no meaning for output ${output}, which has no tenants: remove it, or the output`),
    ];
  });
}

/** Lines for another pipeline are events alone: whether the pipeline is well is not the exporter's to say. */
function heartbeatFaults(given: Given): CombinationFault[] {
  const output = given('output') ?? 'loki';
  if (given('heartbeat') === undefined || !isWithoutTenants(output)) return [];
  return [fault('heartbeat', `has no meaning for output ${output}, only for loki: remove it, or the output`)];
}

/** What is no text is refused as such, and can't be put into a message. */
function isWithoutTenants(output: unknown): output is string {
  return typeof output === 'string' && output !== 'loki' && output !== 'dry-run';
}

/** @param name as in `loki.tls.caFile` */
export function fault(name: string, message: string): CombinationFault {
  return { path: name.split('.'), message };
}

/** Values by name, as in `loki.tls.caFile`. */
export function givenIn(input: unknown): Given {
  return name => valueAt(input, name.split('.'));
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, input);
}
