import { parse } from 'yaml';
import type { LokiConnection } from '../loki/connection.ts';
import { requestDeadline } from './timeout.ts';

/** One limit, as Loki tells it. */
export interface Limit {
  readonly value: unknown;
  /** Whether the tenant's own; a default that an override may replace otherwise. */
  readonly certain: boolean;
}

type Limits = Readonly<Record<string, unknown>>;

/** The tenant of a Loki without `auth_enabled`, and whose limits are asked for where the configuration names none. */
const soleTenant = 'fake';

/**
 * The limits of one tenant, as far as Loki tells them. It publishes a few by default
 * (`/loki/api/v1/drilldown-limits`; `tenant_limits_allow_publish` says which), and its whole configuration at
 * `/config`, which has the defaults without the overrides of tenants, and which gateways seldom pass on.
 */
export class TenantLimits {
  readonly #own: Limits;
  readonly #defaults: Limits;
  readonly #overridden: boolean;

  private constructor(own: Limits, defaults: Limits, overridden: boolean) {
    this.#own = own;
    this.#defaults = defaults;
    this.#overridden = overridden;
  }

  /** Never throws: what Loki doesn't tell is not known. @param base Loki's base URL, without a slash at its end */
  static async read(base: string, connection: LokiConnection, tenant: string): Promise<TenantLimits> {
    const headers = { 'x-scope-orgid': tenant || soleTenant };
    const get = async (path: string): Promise<Limits> => {
      try {
        const { status, text } = await connection.get(`${base}${path}`, headers, requestDeadline());
        // JSON is YAML.
        return status === 200 ? record(parse(text)) : {};
      } catch {
        return {};
      }
    };
    const published = await get('/loki/api/v1/drilldown-limits');
    const config = await get('/config');
    const section = record(config['limits_config']);
    // Loki leaves this one out where it is false (pkg/validation/limits.go).
    const defaults =
      Object.keys(section).length > 0 ? { allow_structured_metadata: false, ...section } : section;
    return new TenantLimits(
      record(published['limits']),
      defaults,
      Boolean(record(config['runtime_config'])['file'] || defaults['per_tenant_override_config']),
    );
  }

  /** A limit by its name in `limits_config`; undefined where Loki doesn't tell it. */
  get(name: string): Limit | undefined {
    if (name in this.#own) return { value: this.#own[name], certain: true };
    if (name in this.#defaults) return { value: this.#defaults[name], certain: !this.#overridden };
    return undefined;
  }

  number(name: string): number | undefined {
    const value = this.get(name)?.value;
    return typeof value === 'number' ? value : undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name)?.value;
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Bytes of a size as Loki writes it, `256KB`. */
  bytes(name: string): number | undefined {
    const value = this.get(name)?.value;
    if (typeof value === 'number') return value;
    const [, amount, unit = ''] = /^([\d.]+)([KMGT]?)i?B?$/i.exec(String(value)) ?? [];
    return amount === undefined
      ? undefined
      : Number(amount) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ');
  }

  /** Seconds of a duration as Prometheus writes it, `1w` or `30d1h`. */
  seconds(name: string): number | undefined {
    const text = String(this.get(name)?.value);
    if (!/^(?:\d+(?:ms|[ywdhms]))+$/.test(text)) return undefined;
    return [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce(
      (sum, [, amount, unit = 's']) => sum + Number(amount) * (secondsOf[unit] ?? 0),
      0,
    );
  }
}

const secondsOf: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

function record(value: unknown): Limits {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Limits) : {};
}
