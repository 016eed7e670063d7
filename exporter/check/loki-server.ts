import type { Config } from '../config/schema.ts';
import { LokiClient } from '../loki/client.ts';
import { LokiConnection } from '../loki/connection.ts';
import { isFieldFormat } from '../loki/line.ts';
import { connectionOptions, createRecall, createSinks } from '../sinks.ts';
import { type BudgetLoad, checkBudget } from './budget.ts';
import { checkCanary } from './canary.ts';
import { type ClockReading, judgeClock, readClock } from './clock.ts';
import { diagnoseConnection, messageOf } from './connection-fault.ts';
import { type CheckName, type Finding, notChecked } from './finding.ts';
import { judgeLimits, judgeStructuredMetadata } from './limits.ts';
import { TenantLimits } from './loki-limits.ts';
import { checkPush } from './push.ts';
import { requestDeadline } from './timeout.ts';

const peer = {
  name: 'Loki',
  url: 'loki.url',
  authority: 'loki.tls.caFile',
  certificate: 'loki.tls.certFile and loki.tls.keyFile',
};

/** Structured metadata is on by default since. */
const leastMajor = 3;

/** How Loki is checked. */
export interface LokiCheckOptions extends BudgetLoad {
  /** Whether an entry may be written. */
  readonly canary: boolean;
  /** The API server's, where it is known: its times are what Loki is sent. */
  readonly apiClock: Promise<ClockReading | undefined>;
}

/** Whether Loki is there, and takes what each of the configured tenants is to be sent. */
export async function checkLoki(config: Config, options: LokiCheckOptions): Promise<Finding[]> {
  const { url = '' } = config.loki;
  const { url: pushUrl } = new LokiClient({ url, tenant: undefined, timeoutMs: 0 });
  const base = pushUrl.slice(0, pushUrl.indexOf(pushPath));
  const connection = new LokiConnection(connectionOptions(config.loki));
  try {
    return [...(await checkServer(base, connection, config, options)), ...(await checkRead(config))];
  } finally {
    await connection.close();
  }
}

const pushPath = '/loki/api/v1/push';

async function checkServer(
  base: string,
  connection: LokiConnection,
  config: Config,
  options: LokiCheckOptions,
): Promise<Finding[]> {
  const { canary, apiClock } = options;
  const sentMs = Date.now();
  let version: Finding;
  let clock: ClockReading | undefined;
  try {
    const answer = await connection.get(`${base}/loki/api/v1/status/buildinfo`, {}, requestDeadline());
    clock = readClock(answer.headers['date'], { sentMs, receivedMs: Date.now() });
    version = judgeVersion(answer, config);
  } catch (error) {
    const text = messageOf(error);
    const { what, advice } = diagnoseConnection(text, peer);
    const rest: CheckName[] = ['loki-version', 'loki-clock', 'push', ...tenantChecks(canary)];
    return [
      { check: 'loki', status: 'fault', found: `${base}: ${what} (${text})`, advice },
      ...notChecked(rest, 'Loki is not reached'),
      checkBudget(config, options),
    ];
  }
  return [
    reached(base, config),
    version,
    judgeClock('loki-clock', clock, { 'the API server': await apiClock }),
    ...(await checkTenants(base, config, options)),
  ];
}

/** The checks of a tenant that come after its push endpoint. */
function tenantChecks(canary: boolean): CheckName[] {
  return [...(canary ? (['canary'] as const) : []), 'structured-metadata', 'limits'];
}

function reached(base: string, { loki }: Config): Finding {
  const check = 'loki';
  if (loki.tls.insecureSkipVerify) {
    return {
      check,
      status: 'warning',
      found: `${base} is reached, its certificate goes unverified`,
      advice: 'give loki.tls.caFile in place of loki.tls.insecureSkipVerify',
    };
  }
  return {
    check,
    status: 'ok',
    found: `${base} is reached${base.startsWith('https:') ? ', its certificate is good' : ''}`,
  };
}

/** Builds of one's own have no version. */
function judgeVersion(answer: { readonly status: number; readonly text: string }, { loki }: Config): Finding {
  const check = 'loki-version';
  let version: unknown;
  try {
    version = (JSON.parse(answer.text) as { version?: unknown } | null)?.version;
  } catch {
    // A gateway's page, as for a path that it doesn't pass on.
  }
  if (answer.status !== 200 || typeof version !== 'string' || version === '') {
    const told =
      answer.status === 200 ? 'Loki does not tell it' : `the question is answered with ${answer.status}`;
    return { check, status: 'not checked', found: `${told}; ${leastMajor}.0 or later is needed` };
  }
  const major = Number.parseInt(version.replace(/^v/, ''), 10);
  // A build of a branch is named after it.
  if (Number.isNaN(major) || major >= leastMajor || isFieldFormat(loki.line)) {
    return { check, status: 'ok', found: `Loki ${version}` };
  }
  return {
    check,
    status: 'fault',
    found: `Loki ${version} is older than ${leastMajor}.0`,
    advice: 'upgrade it, or set loki.line to logfmt, which needs no structured metadata',
  };
}

async function checkTenants(base: string, config: Config, options: LokiCheckOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const sinks = createSinks(config);
  for (const [tenant, sink] of sinks) {
    const connection = new LokiConnection({
      ...connectionOptions(config.loki),
      tenant: tenant || undefined,
    });
    const route = { sink, connection, readUrl: (config.loki.readUrl ?? base).replace(/\/+$/, '') };
    const found: Finding[] = [];
    try {
      const push = await checkPush(sink, config);
      found.push(push);
      const limits = push.status === 'fault' ? undefined : await TenantLimits.read(base, connection, tenant);
      if (limits) {
        if (options.canary) found.push(...(await checkCanary(config, route)));
        if (!found.some(({ check }) => check === 'structured-metadata')) {
          found.push(judgeStructuredMetadata(limits, config, options.canary));
        }
        found.push(...judgeLimits(limits, config, { tenant, canary: options.canary }));
      } else {
        found.push(...notChecked(tenantChecks(options.canary), 'Loki takes no push'));
      }
      const toldLimit = limits?.get('max_global_streams_per_user');
      found.push(checkBudget(config, { ...options, toldLimit }));
    } finally {
      await Promise.all([sink.close(), connection.close()]);
    }
    findings.push(
      ...found.map(finding => (sinks.size > 1 ? { ...finding, of: tenant || 'no tenant' } : finding)),
    );
  }
  return findings;
}

/** Whether counts that nobody knows can be asked of Loki, where it is to be asked. */
async function checkRead(config: Config): Promise<Finding[]> {
  const check = 'read';
  const recall = createRecall(config);
  if (!recall) return [];
  const { readUrl } = config.loki;
  try {
    await recall.counts(['00000000-0000-0000-0000-000000000000'], 1n, requestDeadline());
    return [{ check, status: 'ok', found: `${readUrl} answers queries` }];
  } catch (error) {
    return [
      {
        check,
        status: 'fault',
        found: `${readUrl} answers no query: ${messageOf(error)}`,
        advice: 'check loki.readUrl, and whether the credentials may read; or leave it out',
      },
    ];
  } finally {
    await recall.close();
  }
}
