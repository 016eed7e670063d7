import { z } from 'zod';
import { type EventSchema, eventSchemas } from '../event/normalise.ts';
import { logLevels } from '../telemetry/log.ts';
import { cardinalitySchema } from './cardinality-schema.ts';
import { parseDuration } from './duration.ts';
import { filterSchema, routesSchema } from './filter-schema.ts';
import { lokiSchema } from './loki-schema.ts';
import { redactSchema } from './redact-schema.ts';

const mebibyte = 1 << 20;

/** `HOST:PORT`, `:PORT`, or `[IPv6]:PORT`. */
export const listenAddress = z.string().refine(isListenAddress, {
  error: 'expected HOST:PORT, as in 0.0.0.0:9402 or :9402, with a port up to 65535',
});

/** `90s`, `30m`, `1h30m`: as Go writes durations. */
const duration = z.string().refine(text => parseDuration(text) !== undefined, {
  error: 'expected a duration, as in 90s, 30m or 1h30m',
});

/** The configuration; its descriptions are the reference. Keys that can be flags too are in `flags.ts`. */
export const configSchema = z.strictObject({
  cluster: z
    .string()
    .min(1)
    .optional()
    .describe("The cluster's name, for the stream label `cluster`. Without it there is no such label."),
  job: z.string().min(1).default('kube-events').describe('The stream label `job`.'),
  kubeconfig: z
    .string()
    .min(1)
    .optional()
    .describe('The kubeconfig file. Without it: KUBECONFIG, ~/.kube/config, or in a pod its ServiceAccount.'),
  listen: listenAddress
    .default('0.0.0.0:9402')
    .describe('Where `/metrics`, `/healthz` and `/readyz` are served: `HOST:PORT`. Port 0 takes a free one.'),
  checkpoint: z
    .strictObject({
      file: z
        .string()
        .min(1)
        .optional()
        .describe(
          'The file that keeps the position across restarts. Without it a restart ships again what the API server still has.',
        ),
    })
    .prefault({}),
  lease: z
    .string()
    .regex(/^(?:[a-z0-9-]+\/)?[a-z0-9][a-z0-9.-]*$/, { error: 'expected NAME or NAMESPACE/NAME of a Lease' })
    .optional()
    .describe(
      "The Lease on which replicas elect a leader, and which carries the checkpoint: `NAME`, in the pod's namespace or the kubeconfig's, or `NAMESPACE/NAME`. In a pod without `checkpoint.file` it is `kube-events-loki`.",
    ),
  state: z
    .strictObject({
      dir: z
        .string()
        .min(1)
        .optional()
        .describe(
          "A folder for the local state: every live event's count, and a spool for what waits for Loki longer than memory lasts.",
        ),
      spool: z
        .strictObject({
          maxBytes: z
            .int()
            .min(mebibyte)
            .default(1024 * mebibyte)
            .describe(
              'Bytes of entries that may wait in the spool: by default more than two hours of 50 events a second.',
            ),
          whenFull: z
            .enum(['pause', 'drop_oldest'])
            .default('pause')
            .describe(
              'What a full spool does: `pause` the watch, or drop the oldest entries and count them.',
            ),
        })
        .prefault({}),
    })
    .prefault({}),
  eventTtl: duration
    .default('1h')
    .describe('How long the API server keeps events (its --event-ttl), to tell whether any expired unseen.'),
  eventsApi: z
    .enum(eventSchemas as [EventSchema, ...EventSchema[]])
    .default('core/v1')
    .describe('The API that events are read from. Both give the same entries; each has rights of its own.'),
  namespaces: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, { error: 'expected the name of a namespace' }),
    )
    .min(1)
    .max(100)
    .refine(names => new Set(names).size === names.length, { error: 'a namespace is given twice' })
    .optional()
    .describe(
      'Reads the events of these namespaces alone, each with a watch of its own, where rights are only per namespace. Events of cluster-scoped objects are in `default`.',
    ),
  filters: filterSchema.prefault({}),
  routes: routesSchema,
  terminations: z
    .boolean()
    .default(false)
    .describe(
      'Also makes entries of containers that ran out of memory or failed, which Kubernetes has no event for: `OOMKilled` and `ContainerFailed`, read off the statuses of Pods. It takes the rights to list and watch `pods`.',
    ),
  heartbeat: duration
    .refine(isHeartbeatInterval, { error: 'expected a duration from 1s to 5m, as in 1m' })
    .optional()
    .describe(
      'How often each tenant gets a heartbeat, as in `1m`, at least every `5m`: for alerts on a cluster that is silent, where nothing but Loki is there to tell. Without it there is none.',
    ),
  cardinality: cardinalitySchema.prefault({}),
  redact: redactSchema,
  since: duration
    .optional()
    .describe(
      'A first start ships only events that occurred in this time, as in `30m`. Without it: all that the API server still has.',
    ),
  output: z
    .string()
    .refine(text => ['loki', 'stdout', 'dry-run'].includes(text) || text.includes('/'), {
      error: 'expected loki, stdout, dry-run, or the path of a file, with a slash in it',
    })
    .default('loki')
    .describe(
      'Where entries go: `loki`, or as lines of JSON to `stdout` or to the end of a file, given as a path with a slash. `dry-run` shows on stdout what would be pushed to whom, and keeps nothing: no checkpoint, no local state, no Lease.',
    ),
  loki: lokiSchema.prefault({}),
  queue: z
    .strictObject({
      maxBytes: z
        .int()
        .min(mebibyte)
        .default(64 * mebibyte)
        .describe(
          'Bytes of entries that may wait for Loki in memory. When it is full the watch is read no further.',
        ),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      timeoutSeconds: z
        .number()
        .positive()
        .max(3600)
        .default(25)
        .describe(
          'How long SIGTERM waits for Loki to take what is queued. What it has not taken is shipped after the restart.',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(logLevels).default('info').describe('The least severe level that is logged.'),
    })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;

/** Rules look for one in 15 minutes, and one may get lost. */
function isHeartbeatInterval(text: string): boolean {
  const seconds = parseDuration(text) ?? 0;
  return seconds >= 1 && seconds <= 300;
}

function isListenAddress(text: string): boolean {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[^:[\]]*):(\d{1,5})$/.exec(text)?.[1];
  return port !== undefined && Number(port) <= 65_535;
}
