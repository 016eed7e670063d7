import { accessSync, constants } from 'node:fs';

/** Keys of a configuration as it was given, before anything is known of its types. */
type Given = (name: string) => unknown;

/** What is wrong with keys that are well on their own. */
export interface CombinationFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** Of these, at most one. */
const exclusive: readonly (readonly string[])[] = [
  ['lease', 'checkpoint.file'],
  ['loki.basicAuth', 'loki.bearerTokenFile', 'loki.bearerTokenEnv'],
  ['loki.basicAuth.passwordFile', 'loki.basicAuth.passwordEnv'],
];

/** The first wants the second. */
const needed: readonly (readonly [string, string])[] = [
  ['loki.tls.certFile', 'loki.tls.keyFile'],
  ['loki.tls.keyFile', 'loki.tls.certFile'],
  ['state.spool', 'state.dir'],
];

const tlsKeys = ['caFile', 'certFile', 'keyFile', 'serverName', 'insecureSkipVerify'];

/** Read at the start, so that what can't be is told then. */
const files = [
  'loki.basicAuth.passwordFile',
  'loki.bearerTokenFile',
  'loki.tls.caFile',
  'loki.tls.certFile',
  'loki.tls.keyFile',
];

const variables = ['loki.basicAuth.passwordEnv', 'loki.bearerTokenEnv'];

/** All faults between keys, and between keys and this machine. */
export function combinationFaults(input: unknown): CombinationFault[] {
  const given: Given = name => valueAt(input, name.split('.'));
  return [
    ...lokiUrlFaults(given),
    ...exclusive.flatMap(names => {
      const [first, ...rest] = names.filter(name => given(name) !== undefined);
      return rest.map(name => fault(name, `not together with ${first}: give one of ${names.join(', ')}`));
    }),
    ...needed
      .filter(([name, other]) => given(name) !== undefined && given(other) === undefined)
      .map(([name, other]) => fault(name, `needs ${other} too`)),
    ...passwordFaults(given),
    ...tenantFaults(given),
    ...tlsKeys
      .filter(
        key => given(`loki.tls.${key}`) !== undefined && String(given('loki.url')).startsWith('http://'),
      )
      .map(key => fault(`loki.tls.${key}`, 'has no meaning for an http:// URL: give loki.url with https://')),
    ...files.flatMap(name => unreadable(name, given(name))),
    ...variables.flatMap(name => {
      const variable = given(name);
      const unset = typeof variable === 'string' && process.env[variable] === undefined;
      return unset ? [fault(name, `the environment variable ${variable} is not set`)] : [];
    }),
  ];
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
  if (output === 'loki' || output === 'dry-run' || !Array.isArray(routes)) return [];
  return routes.flatMap((_, index) => {
    const name = `routes.${index}.tenant`;
    if (given(name) === undefined) return [];
    return [
      fault(name, `has no meaning for output ${output}, which has no tenants: remove it, or the output`),
    ];
  });
}

function unreadable(name: string, file: unknown): CombinationFault[] {
  if (typeof file !== 'string') return [];
  try {
    accessSync(file, constants.R_OK);
    return [];
  } catch (error) {
    return [fault(name, `can't be read: ${(error as Error).message}`)];
  }
}

function fault(name: string, message: string): CombinationFault {
  return { path: name.split('.'), message };
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, input);
}
