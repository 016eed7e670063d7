import type { KubeConfig } from '@kubernetes/client-node';
import type { Config } from '../config/schema.ts';
import { currentCredentials } from '../kubernetes/credentials.ts';
import { readSecret } from '../loki/connection.ts';
import { secretSource } from '../sinks.ts';
import type { Finding } from './finding.ts';
import { withinDeadline } from './timeout.ts';

/** What is shorter would tear holes into ordinary words. */
const leastLength = 4;

/**
 * The secrets of a configuration, in every form in which they are sent: a server may repeat them in what it says.
 * What can't be read is left out; the check of who wanted it tells.
 */
export async function secretsOf({ loki }: Config, kubeConfig: KubeConfig | undefined): Promise<string[]> {
  const secrets: string[] = [];
  const { basicAuth, bearerTokenFile, bearerTokenEnv } = loki;
  for (const source of [
    secretSource(basicAuth?.passwordFile, basicAuth?.passwordEnv),
    secretSource(bearerTokenFile, bearerTokenEnv),
  ]) {
    if (source) secrets.push(...(await quietly(() => [readSecret(source)])));
  }
  if (basicAuth) {
    secrets.push(...secrets.map(secret => Buffer.from(`${basicAuth.username}:${secret}`).toString('base64')));
  }
  if (kubeConfig) {
    secrets.push(
      ...(await quietly(async () => {
        // A plugin that gives them may hang.
        const { headers } = await withinDeadline(currentCredentials(kubeConfig));
        const [, credential = ''] = (headers['authorization'] ?? '').split(' ');
        return [credential, kubeConfig.getCurrentUser()?.password ?? ''];
      })),
    );
  }
  return secrets.filter(secret => secret.length >= leastLength);
}

async function quietly(read: () => string[] | Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}

/** The finding without these secrets, and without the credentials of URLs. */
export function withoutSecrets(finding: Finding, secrets: readonly string[]): Finding {
  const bare = (text: string) => {
    return secrets.reduce(
      (rest, secret) => rest.replaceAll(secret, '…'),
      text.replace(/(:\/\/)[^/@\s]*:[^/@\s]*@/g, '$1…@'),
    );
  };
  const { found, advice } = finding;
  return { ...finding, found: bare(found), ...(advice !== undefined && { advice: bare(advice) }) };
}
