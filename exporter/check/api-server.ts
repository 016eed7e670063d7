import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError } from '../kubernetes/api-error.ts';
import { type ApiAnswer, Cluster } from '../kubernetes/cluster.ts';
import type { LeasePlace } from '../lease-place.ts';
import { type ClockReading, judgeClock, readClock } from './clock.ts';
import { diagnoseConnection } from './connection-fault.ts';
import { type CheckName, type Finding, notChecked } from './finding.ts';
import { checkLease } from './lease.ts';
import { checkRight, type Right } from './rights.ts';
import { requestTimeoutMs } from './timeout.ts';

const peer = {
  name: 'the API server',
  url: '`server` of the kubeconfig',
  authority: '`certificate-authority` of the kubeconfig',
  certificate: '`client-certificate` and `client-key` of the kubeconfig',
};

/** Pages at an exact resourceVersion, and events of the new style alone, are older. */
const leastMinor = 25;

/** What is known of the API server after its checks. */
export interface ApiServerFindings {
  readonly findings: readonly Finding[];
  readonly clock: ClockReading | undefined;
}

/** What is asked of it. */
export interface ApiServerNeeds {
  readonly rights: readonly Right[];
  readonly lease: LeasePlace | undefined;
}

/** Whether the API server is there, lets us in, and allows what is needed. */
export async function checkApiServer(
  kubeConfig: KubeConfig,
  needs: ApiServerNeeds,
): Promise<ApiServerFindings> {
  const cluster = new Cluster(kubeConfig);
  try {
    return await check(cluster, kubeConfig, needs);
  } finally {
    await cluster.close();
  }
}

/** The checks that come after the one that the API server is reached. */
export function apiServerChecks({ rights, lease }: ApiServerNeeds): CheckName[] {
  return ['api-version', 'api-clock', 'credentials', ...permissionChecks({ rights, lease })];
}

function permissionChecks({ rights, lease }: ApiServerNeeds): CheckName[] {
  return [...new Set(rights.map(({ check }) => check)), ...(lease ? (['lease'] as const) : [])];
}

async function check(
  cluster: Cluster,
  kubeConfig: KubeConfig,
  needs: ApiServerNeeds,
): Promise<ApiServerFindings> {
  const unreached = (finding: Finding): ApiServerFindings => ({
    findings: [finding, ...notChecked(apiServerChecks(needs), 'the API server is not reached')],
    clock: undefined,
  });
  const { server } = cluster;
  const sentMs = Date.now();
  let answer: ApiAnswer;
  try {
    answer = await cluster.answer('GET', '/version', undefined, requestTimeoutMs);
  } catch (error) {
    const { message } = error as Error;
    const { what, advice } = diagnoseConnection(message, peer);
    return unreached({
      check: 'api-server',
      status: 'fault',
      found: `${server}: ${what} (${message})`,
      advice,
    });
  }
  const clock = readClock(answer.headers['date'], { sentMs, receivedMs: Date.now() });
  const version = versionOf(answer);
  const isDenied = answer.status === 401 || answer.status === 403;
  if (!version && !isDenied) {
    return unreached({
      check: 'api-server',
      status: 'fault',
      found: `${server}/version answers ${answer.status}, and not as an API server does`,
      advice: `check ${peer.url}`,
    });
  }
  const findings = [
    reached(kubeConfig, server),
    version ? judgeVersion(version) : withoutVersion(answer.status),
    judgeClock('api-clock', clock),
  ];
  const { finding, user, accepted } = await checkCredentials(cluster);
  findings.push(finding);
  if (!accepted) {
    const reason = 'the credentials have to be accepted first';
    return { findings: [...findings, ...notChecked(permissionChecks(needs), reason)], clock };
  }
  for (const right of needs.rights) findings.push(await checkRight(cluster, right, user));
  if (needs.lease) findings.push(await checkLease(cluster, needs.lease));
  return { findings, clock };
}

function reached(kubeConfig: KubeConfig, server: string): Finding {
  const check = 'api-server';
  if (server.startsWith('https:') && kubeConfig.getCurrentCluster()?.skipTLSVerify) {
    return {
      check,
      status: 'warning',
      found: `${server} is reached, its certificate goes unverified`,
      advice: `give ${peer.authority} in place of insecure-skip-tls-verify`,
    };
  }
  const verified = server.startsWith('https:') ? ', its certificate is good' : '';
  return { check, status: 'ok', found: `${server} is reached${verified}` };
}

interface Version {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** Source: apimachinery, pkg/version/types.go. */
function versionOf({ status, text }: ApiAnswer): Version | undefined {
  if (status !== 200) return undefined;
  try {
    const version = JSON.parse(text) as Partial<Version> | null;
    return typeof version?.gitVersion === 'string' ? (version as Version) : undefined;
  } catch {
    return undefined;
  }
}

/** A provider's minor may be `27+`. */
function judgeVersion({ major, minor, gitVersion }: Version): Finding {
  const check = 'api-version';
  const isOld = Number(major) === 1 && Number.parseInt(minor, 10) < leastMinor;
  if (!isOld) return { check, status: 'ok', found: `Kubernetes ${gitVersion}` };
  return {
    check,
    status: 'fault',
    found: `Kubernetes ${gitVersion} is older than 1.${leastMinor}`,
    advice: `upgrade it to 1.${leastMinor} or later`,
  };
}

function withoutVersion(status: number): Finding {
  return { check: 'api-version', status: 'not checked', found: `/version answers ${status}` };
}

/** What the API server makes of the credentials. */
interface Credentials {
  readonly finding: Finding;
  /** As the API server names it, where it can be asked. */
  readonly user?: string | undefined;
  readonly accepted: boolean;
}

/** Asks who we are, which each user that is known may; before Kubernetes 1.28 there was no such question. */
async function checkCredentials(cluster: Cluster): Promise<Credentials> {
  const check = 'credentials';
  try {
    const review = await cluster.json<{ status?: { userInfo?: { username?: string } } } | null>(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      requestTimeoutMs,
    );
    const user = review?.status?.userInfo?.username;
    return {
      finding: { check, status: 'ok', found: `accepted, as ${user ?? 'a user'}` },
      user,
      accepted: true,
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return { finding: { check, status: 'ok', found: 'accepted' }, accepted: true };
    return { finding: { check, status: 'fault', ...refusalOf(error) }, accepted: false };
  }
}

function refusalOf({ status, message }: ApiError): Pick<Finding, 'found' | 'advice'> {
  if (message.includes('system:anonymous')) {
    const advice = 'give the user of the kubeconfig a token or a client certificate';
    return { found: `none are sent: ${message}`, advice };
  }
  if (status === 401 || status === 403) {
    const advice = 'get a new token or certificate, and see that it is for this cluster and has not expired';
    return { found: `not accepted: ${message}`, advice };
  }
  return { found: `can't be told: ${message}`, advice: 'see the log of the API server' };
}
