import type { Config } from '../config/schema.ts';
import type { PushResult, Sink } from '../delivery/sink.ts';
import type { Finding } from './finding.ts';
import { requestDeadline } from './timeout.ts';

/** Asks a tenant's push endpoint whether it would take a push, by one without entries: nothing is stored. */
export async function checkPush(sink: Sink, { loki }: Pick<Config, 'loki'>): Promise<Finding> {
  const check = 'push';
  const result = await sink.probe(requestDeadline());
  if (result.kind !== 'retry') {
    return { check, status: 'ok', found: `${sink.url} takes the credentials and the tenant` };
  }
  const { cause, message } = result;
  return {
    check,
    status: cause === 'rate_limited' ? 'warning' : 'fault',
    found: `${sink.url}: ${whatOf(result)} (${message})`,
    advice: adviceFor(result, loki),
  };
}

type Refused = PushResult & { readonly kind: 'retry' };

function whatOf({ cause, message }: Refused): string {
  if (cause === 'denied' && /no org id/i.test(message)) return 'Loki wants a tenant';
  if (cause === 'denied') return 'the credentials or the tenant are not accepted';
  if (cause === 'not_found') return message.startsWith('404') ? 'no such path' : 'no push endpoint of Loki';
  if (cause === 'rate_limited') return 'its rate is limited at the moment';
  return cause === 'server_error' ? 'Loki, or the gateway, fails' : 'no answer';
}

function adviceFor({ cause, message }: Refused, loki: Config['loki']): string {
  switch (cause) {
    case 'denied':
      if (/no org id/i.test(message)) return 'give --tenant (loki.tenant)';
      return loki.basicAuth || loki.bearerTokenFile || loki.bearerTokenEnv
        ? 'check the user and the secret, whether they may push, and for which tenant (loki.tenant)'
        : 'give loki.basicAuth, loki.bearerTokenFile or a client certificate, whatever the gateway wants';
    case 'not_found':
      return "check loki.url: it is Loki's base URL, or ends in /loki/api/v1/push";
    case 'rate_limited':
      return "raise the tenant's ingestion_rate_mb in Loki if this lasts";
    default:
      return 'see the log of Loki, and of what is in front of it';
  }
}
