import { buffer } from 'node:stream/consumers';
import { LoopbackServer } from '../fakes/loopback-server.ts';

/** An alert in a message of Alertmanager's. */
export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A message as Alertmanager sends it to a webhook. Source: the webhook's payload, version 4. */
export interface Notification {
  readonly version: string;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly NotifiedAlert[];
}

/** A webhook that takes Alertmanager's messages and keeps them. */
export class Recorder implements AsyncDisposable {
  /** In the order of arrival. */
  readonly notifications: Notification[] = [];
  readonly #http = new LoopbackServer(async (request, response) => {
    this.notifications.push(JSON.parse((await buffer(request)).toString()) as Notification);
    response.end();
  });

  async start(): Promise<this> {
    await this.#http.start();
    return this;
  }

  get url(): string {
    return this.#http.url;
  }

  /** Its alerts of every message, in the order of arrival. */
  get alerts(): readonly NotifiedAlert[] {
    return this.notifications.flatMap(({ alerts }) => alerts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.stop();
  }
}
