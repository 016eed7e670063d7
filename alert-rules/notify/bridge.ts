import { setTimeout as sleep } from 'node:timers/promises';
import { heartbeatJob } from '../../exporter/loki/schema.ts';
import { connectionOptions } from '../../exporter/sinks.ts';
import type { Logger } from '../../exporter/telemetry/log.ts';
import type { NotifyConfig } from './config.ts';
import { LookUp, type LookUpObserver } from './look-up.ts';
import { inOrder, type KnownAlert, type Message, messageOf } from './message.ts';
import type { NotifyMetrics, Result } from './metrics.ts';
import type { Alert, Payload } from './payload.ts';
import { type Delivery, Receiver } from './receiver.ts';
import { sampleOf } from './sample.ts';
import { passing } from './services/service.ts';

/** What a caller is answered. */
export interface Outcome {
  readonly result: Result;
  readonly reason: string;
  /** Milliseconds after which the caller should come again; undefined where that would change nothing. */
  readonly retryAfterMs: number | undefined;
}

export interface BridgeParts {
  readonly metrics: NotifyMetrics;
  readonly log: Logger;
}

/** A message waits here for its turn so long; longer, and the caller has to come again. In milliseconds. */
const longestTurnMs = 5000;

/** Where the service doesn't say. */
const comeAgainMs = 10_000;

/** Takes what Alertmanager and Grafana send, and posts it to the receivers. It keeps nothing: callers come again. */
export class Bridge {
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly #config: NotifyConfig;
  readonly #lookUp: LookUp | undefined;
  readonly #parts: BridgeParts;

  /** @throws TemplateError for a template that can't be filled in */
  constructor(config: NotifyConfig, parts: BridgeParts) {
    this.#config = config;
    this.#parts = parts;
    this.#lookUp = createLookUp(config, (result, reason) => {
      parts.metrics.lookUps.inc({ result });
      if (reason !== undefined) parts.log.warn({ result, reason }, 'an alert goes without its newest entry');
    });
    this.receivers = new Map(config.receivers.map(one => [one.name, new Receiver(one, config)]));
    for (const receiver of this.receivers.values()) receiver.compose(this.#sample(receiver));
  }

  /**
   * Sends a payload to a receiver, unless all its alerts are ignored.
   * @param gone aborted when the caller no longer waits: it comes again, and what is not sent yet would be there twice
   */
  async send(receiver: Receiver, payload: Payload, gone?: AbortSignal): Promise<Outcome> {
    const outcome = await this.#send(receiver, payload, gone);
    this.#parts.metrics.messages.inc({ receiver: receiver.name, result: outcome.result });
    return outcome;
  }

  /** Posts the sample message. */
  async test(receiver: Receiver): Promise<Delivery> {
    return receiver.post(receiver.compose(this.#sample(receiver)));
  }

  async close(): Promise<void> {
    await this.#lookUp?.close();
    for (const receiver of this.receivers.values()) await receiver.close();
  }

  async #send(receiver: Receiver, payload: Payload, gone: AbortSignal | undefined): Promise<Outcome> {
    const { metrics, log } = this.#parts;
    const { name, limit, ignore } = receiver;
    const alerts = inOrder(payload.alerts.filter(alert => !ignore.hasLabels(alert)));
    // A caller that has to come again anyway must not cost Loki anything.
    if (alerts.length > 0 && limit.waitMs() > longestTurnMs) return this.#limited(receiver);
    const known = (await this.#known(alerts)).filter(({ alert, entry }) => !ignore.hasEntry(alert, entry));
    const ignored = payload.alerts.length - known.length;
    metrics.ignoredAlerts.inc({ receiver: name }, ignored);
    if (known.length === 0) return { result: 'ignored', reason: 'ignored', retryAfterMs: undefined };
    const { alerts: most } = this.#config;
    const message = messageOf(payload, known, { most, style: receiver.style, now: Date.now() });
    const turn = limit.take(longestTurnMs);
    if (turn === undefined) return this.#limited(receiver);
    // Rejects when it is aborted, which is looked at next.
    await sleep(turn, undefined, { ...(gone && { signal: gone }) }).catch(() => undefined);
    if (gone?.aborted) {
      log.warn({ receiver: name, turn }, 'not sent: the caller is gone, and comes again');
      return { result: 'left', reason: 'left', retryAfterMs: comeAgainMs };
    }
    const delivery = await this.#deliver(receiver, message);
    if (delivery.kind === 'taken') {
      const { firing, resolved } = message;
      metrics.alerts.inc({ receiver: name, status: 'firing' }, firing);
      metrics.alerts.inc({ receiver: name, status: 'resolved' }, resolved);
      log.info(
        { receiver: name, firing, resolved, ignored, groupKey: payload.groupKey.slice(0, 500) },
        'sent',
      );
      return { result: 'sent', reason: 'sent', retryAfterMs: undefined };
    }
    const { cause, reason, retryAfterMs } = delivery;
    metrics.serviceErrors.inc({ receiver: name, cause });
    log.error({ receiver: name, cause, reason }, 'not sent');
    return {
      result: cause === 'limited' ? 'limited' : 'refused',
      reason,
      retryAfterMs: passing.has(cause) ? (retryAfterMs ?? comeAgainMs) : undefined,
    };
  }

  async #deliver(receiver: Receiver, message: Message): Promise<Delivery> {
    let body: unknown;
    try {
      body = receiver.compose(message);
    } catch (error) {
      // The sample was made well; what came now is otherwise.
      const reason = `the template can’t be filled in: ${(error as Error).message}`;
      return { kind: 'refused', cause: 'other', reason, retryAfterMs: undefined };
    }
    return receiver.post(body);
  }

  #limited({ name, limit }: Receiver): Outcome {
    const retryAfterMs = limit.waitMs();
    const reason = `the rate of ${name} is reached; come again in ${Math.ceil(retryAfterMs / 1000)} s`;
    this.#parts.log.warn({ receiver: name, retryAfterMs }, 'rate reached; the caller has to come again');
    return { result: 'limited', reason, retryAfterMs };
  }

  async #known(alerts: readonly Alert[]): Promise<readonly KnownAlert[]> {
    const asked = alerts.slice(0, this.#config.alerts).map(({ annotations }) => annotations['logql']);
    const entries = (await this.#lookUp?.newest(asked)) ?? [];
    return alerts.map((alert, index) => ({ alert, entry: entries[index] }));
  }

  #sample({ style }: Receiver): Message {
    const { job, clusterLabel } = this.#config;
    const { payload, entry } = sampleOf(style.language, job, clusterLabel, Date.now());
    const known = payload.alerts.map(alert => ({ alert, entry }));
    return messageOf(payload, known, { most: 1, style, now: Date.now() });
  }
}

function createLookUp(
  { loki, job, clusterLabel }: NotifyConfig,
  observe: LookUpObserver,
): LookUp | undefined {
  if (loki === undefined) return undefined;
  const { url, rangeSeconds, concurrency, timeoutSeconds } = loki;
  const jobs = [job, heartbeatJob(job)];
  const timeoutMs = timeoutSeconds * 1000;
  return new LookUp(
    { url, connection: connectionOptions(loki), jobs, clusterLabel, rangeSeconds, concurrency, timeoutMs },
    observe,
  );
}
