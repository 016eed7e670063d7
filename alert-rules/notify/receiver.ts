import { LokiConnection, readSecret, type SecretSource } from '../../exporter/loki/connection.ts';
import { secretSource } from '../../exporter/sinks.ts';
import { type Composition, compose } from './compose.ts';
import type { NotifyConfig, ReceiverConfig } from './config.ts';
import { IgnoreList } from './ignore.ts';
import type { Message, Style } from './message.ts';
import { RateLimit } from './rate-limit.ts';
import type { RefusalCause, refusalCauses } from './services/service.ts';
import { createService } from './services/services.ts';
import { asJson, escapedBy, Template, TemplateError } from './template.ts';
import { oneLine } from './text.ts';
import { TimeFormat } from './time.ts';

/** What became of a message that was posted. */
export type Delivery =
  | { readonly kind: 'taken'; readonly answer: string }
  | {
      readonly kind: 'refused';
      readonly cause: RefusalCause;
      /** The service's words and what to do, without any secret. */
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
    };

/** How long a service that takes no more is left alone where it doesn't say. */
const pauseMs = 10_000;
/** In characters, of what a service answers. */
const longestAnswer = 500;

/** Whom messages are sent to: a robot or webhook with its own rate, language and ignore list. */
export class Receiver {
  readonly name: string;
  readonly ignore: IgnoreList;
  readonly style: Style;
  readonly limit: RateLimit;
  readonly #config: ReceiverConfig;
  readonly #composition: Omit<Composition, 'mentions'>;
  readonly #url: SecretSource | { readonly plain: string };
  readonly #secret: SecretSource | undefined;
  /** The same client as for Loki: proxies from the environment, kept connections. */
  readonly #connection: LokiConnection;

  /** @throws TemplateError */
  constructor(config: ReceiverConfig, whole: NotifyConfig) {
    this.name = config.name;
    this.#config = config;
    const { language = whole.language, timezone = whole.timezone, template, keyword } = config;
    const service = createService(config);
    const written = config.type === 'webhook' ? asJson : escapedBy(service.markup);
    this.#composition = {
      service,
      language,
      keyword,
      template: template === undefined ? undefined : new Template(template, written),
    };
    this.style = {
      language,
      times: new TimeFormat(timezone),
      grafana: whole.grafana,
      clusterLabel: whole.clusterLabel,
    };
    this.ignore = new IgnoreList([...whole.ignore, ...config.ignore]);
    this.limit = new RateLimit(config.rate === undefined ? service.rates : [config.rate]);
    this.#url = secretSource(config.urlFile, config.urlEnv) ?? { plain: config.url ?? '' };
    this.#secret = secretSource(config.secretFile, config.secretEnv);
    this.#connection = new LokiConnection({
      tenant: undefined,
      timeoutMs: config.timeoutSeconds * 1000,
      bearerToken: secretSource(config.bearerTokenFile, config.bearerTokenEnv),
    });
  }

  /** The body of a message, before it is signed. @throws TemplateError */
  compose(message: Message): unknown {
    try {
      return compose(message, { ...this.#composition, mentions: this.#mentions(message) });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new TemplateError(`${this.#config.template}: makes no JSON: ${error.message}`);
    }
  }

  /** Posts a body; one that the service doesn't take because there are too many pauses the receiver. */
  async post(body: unknown): Promise<Delivery> {
    const secrets: string[] = [];
    const hidden = (text: string) => oneLine(withoutSecrets(text, secrets)).slice(0, longestAnswer);
    try {
      const url = 'plain' in this.#url ? this.#url.plain : readSecret(this.#url);
      secrets.push(url, ...partsOf(url));
      if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
        return refusal(
          'url',
          'what stands in urlFile or urlEnv is no http:// or https:// URL: put the robot’s there',
        );
      }
      const post = this.#signed(url, body, secrets);
      const answer = await this.#connection.post(
        post.url,
        { 'content-type': 'application/json; charset=utf-8' },
        JSON.stringify(post.body),
        AbortSignal.timeout(this.#config.timeoutSeconds * 1000),
      );
      const verdict = this.#composition.service.judge(answer);
      const words = hidden(answer.text) || `HTTP ${answer.status}`;
      if (verdict.kind === 'taken') return { kind: 'taken', answer: words };
      const { cause, advice, retryAfterMs } = verdict;
      if (cause === 'limited') this.limit.pause(retryAfterMs ?? pauseMs);
      return refusal(cause, `${this.#config.type} answered ${words}; ${advice}`, retryAfterMs);
    } catch (error) {
      const { name, code, message } = error as { name?: string; code?: string; message: string };
      const words =
        name === 'TimeoutError' ? 'no answer in time' : [code, message].filter(Boolean).join(': ');
      return refusal(
        'connection',
        `${this.#config.type}: ${hidden(words)}; look whether this host can reach it, by HTTPS_PROXY where it has to`,
      );
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #signed(url: string, body: unknown, secrets: string[]) {
    if (this.#secret === undefined) return { url, body };
    const secret = readSecret(this.#secret);
    secrets.push(secret);
    return this.#composition.service.sign({ url, body }, secret, Date.now());
  }

  #mentions({ status, severity }: Message): boolean {
    const { at } = this.#config;
    const anybody = at.ids.length + at.mobiles.length > 0 || at.all || at.here;
    return anybody && status === 'firing' && at.severities.includes(severity);
  }
}

function refusal(cause: (typeof refusalCauses)[number], reason: string, retryAfterMs?: number): Delivery {
  return { kind: 'refused', cause, reason, retryAfterMs };
}

/** What makes a robot's URL a secret: its token, wherever it stands. */
function partsOf(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { pathname, search, searchParams } = new URL(url);
  return [pathname.slice(1), search, ...pathname.split('/'), ...searchParams.values()].filter(
    part => part.length >= 8,
  );
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .toSorted((one, other) => other.length - one.length)
    .reduce((left, secret) => (secret === '' ? left : left.replaceAll(secret, '…')), text);
}
