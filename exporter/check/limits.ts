import { parseDuration } from '../config/duration.ts';
import type { Config } from '../config/schema.ts';
import { isFieldFormat } from '../loki/line.ts';
import { streamLabels, structuredMetadata } from '../loki/schema.ts';
import type { Finding, Status } from './finding.ts';
import type { TenantLimits } from './loki-limits.ts';

/** A message is a kilobyte at most by the API's own rule, and other fields take as much again, but for a few. */
const usualLineBytes = 16 << 10;
/** What an entry's metadata may take: its names, and values that are mostly short. */
const usualMetadataBytes = 8 << 10;
/** Longer values fold. */
const labelValueBytes = 128;

/** A limit that would bite. */
interface Bite {
  readonly limit: string;
  readonly status: Status;
  readonly found: string;
  readonly advice: string;
}

/** Whether a tenant's limits leave room for what it is sent. */
export function judgeLimits(
  limits: TenantLimits,
  config: Config,
  { tenant, canary }: { readonly tenant: string; readonly canary: boolean },
): Finding[] {
  const check = 'limits';
  const bites = [
    ...labelBites(limits, config, tenant),
    ...sizeBites(limits, config),
    ...timeBites(limits, config),
  ];
  if (bites.length > 0) {
    return bites.map(({ limit, status, found, advice }) => {
      const certain = limits.get(limit)?.certain ?? false;
      return {
        check,
        status: certain ? status : 'warning',
        found: `${limit} ${found}${certain ? '' : ', by default; the tenant may have another'}`,
        advice,
      };
    });
  }
  if (limits.get('max_line_size') === undefined) {
    return [
      {
        check,
        status: 'not checked',
        found: "Loki does not tell them: its /config is not reachable here, and it doesn't publish them",
        advice: `${canary ? '' : 'run check with --canary, or '}ask Loki itself in place of its gateway`,
      },
    ];
  }
  return [{ check, status: 'ok', found: 'they leave room' }];
}

/** Those that refuse entries for their labels. */
function labelBites(limits: TenantLimits, { cluster, routes, loki }: Config, tenant: string): Bite[] {
  const bites: Bite[] = [];
  const routed = routes.filter(route => (route.tenant ?? loki.tenant ?? '') === tenant);
  const own = Object.keys(streamLabels).length - (cluster ? 0 : 1);
  const labels = own + Math.max(0, ...routed.map(route => Object.keys(route.labels ?? {}).length));
  const names = limits.number('max_label_names_per_series') ?? 0;
  if (names > 0 && names < labels) {
    bites.push({
      limit: 'max_label_names_per_series',
      status: 'fault',
      found: `is ${names}, and entries have ${labels} labels: Loki refuses them`,
      advice: `set it to ${labels} or more for the tenant, or give routes fewer labels`,
    });
  }
  const length = limits.number('max_label_value_length') ?? 0;
  if (length > 0 && length < labelValueBytes) {
    bites.push({
      limit: 'max_label_value_length',
      status: 'warning',
      found: `is ${length}: Loki refuses entries with longer values`,
      advice: `set it to ${labelValueBytes} or more for the tenant; longer values are folded here`,
    });
  }
  return bites;
}

/** Those that refuse entries and pushes for their size. */
function sizeBites(limits: TenantLimits, { loki }: Config): Bite[] {
  const bites: Bite[] = [];
  const line = limits.bytes('max_line_size') ?? 0;
  if (line > 0 && line < usualLineBytes && limits.boolean('max_line_size_truncate') !== true) {
    bites.push({
      limit: 'max_line_size',
      status: 'warning',
      found: `is ${line} bytes: Loki refuses longer lines, and their entries are dropped`,
      advice: 'set it to 256KB for the tenant',
    });
  }
  if (!isFieldFormat(loki.line)) bites.push(...metadataBites(limits));
  const burst = (limits.number('ingestion_burst_size_mb') ?? 0) * (1 << 20);
  if (burst > 0 && burst < loki.batch.maxBytes) {
    bites.push({
      limit: 'ingestion_burst_size_mb',
      status: 'warning',
      found: `is ${burst} bytes, and a push may have ${loki.batch.maxBytes}: Loki refuses larger ones`,
      advice: 'set loki.batch.maxBytes below it, or raise it for the tenant',
    });
  }
  return bites;
}

function metadataBites(limits: TenantLimits): Bite[] {
  const bites: Bite[] = [];
  const names = Object.keys(structuredMetadata).length;
  const count = limits.number('max_structured_metadata_entries_count') ?? 0;
  if (count > 0 && count < names) {
    bites.push({
      limit: 'max_structured_metadata_entries_count',
      status: 'warning',
      found: `is ${count}, and an entry may have ${names}: Loki refuses those with more`,
      advice: `set it to ${names} or more for the tenant`,
    });
  }
  const size = limits.bytes('max_structured_metadata_size') ?? 0;
  if (size > 0 && size < usualMetadataBytes) {
    bites.push({
      limit: 'max_structured_metadata_size',
      status: 'warning',
      found: `is ${size} bytes: Loki refuses entries with more`,
      advice: 'set it to 64KB for the tenant',
    });
  }
  return bites;
}

/** Those that refuse entries for their times, which then get another. */
function timeBites(limits: TenantLimits, { eventTtl, since }: Config): Bite[] {
  const age = limits.seconds('reject_old_samples_max_age');
  const oldest = parseDuration(since ?? eventTtl) ?? 0;
  if (limits.boolean('reject_old_samples') === false || age === undefined || age === 0 || age >= oldest)
    return [];
  return [
    {
      limit: 'reject_old_samples_max_age',
      status: 'warning',
      found: `is ${age} s, and a first start ships events of the last ${oldest} s: older ones get another time`,
      advice: 'raise it for the tenant, or set since to less',
    },
  ];
}

/** Whether a tenant may be sent structured metadata. */
export function judgeStructuredMetadata(limits: TenantLimits, { loki }: Config, canary: boolean): Finding {
  const check = 'structured-metadata';
  if (isFieldFormat(loki.line))
    return { check, status: 'ok', found: `not needed with loki.line: ${loki.line}` };
  const allowed = limits.get('allow_structured_metadata');
  if (allowed?.value === true) {
    return { check, status: 'ok', found: allowed.certain ? 'allowed' : 'allowed by default' };
  }
  if (allowed?.value === false) {
    return {
      check,
      status: allowed.certain ? 'fault' : 'warning',
      found: allowed.certain
        ? 'not allowed: Loki would refuse every entry'
        : 'not allowed by default; the tenant may have another setting, which --canary tells',
      advice: structuredMetadataAdvice,
    };
  }
  return {
    check,
    status: 'not checked',
    found: 'Loki does not tell whether it is allowed: only a push can',
    advice: canary ? 'see what the canary found first' : 'run check with --canary',
  };
}

export const structuredMetadataAdvice =
  'set limits_config.allow_structured_metadata in Loki (schema v13), or set loki.line to logfmt';
