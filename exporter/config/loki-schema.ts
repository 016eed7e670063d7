import { z } from 'zod';
import { pushEncodings } from '../loki/client.ts';
import { lineFormats } from '../loki/line.ts';

const mebibyte = 1 << 20;

const httpUrl = z
  .string()
  .refine(isHttpUrl, { error: 'expected an http:// or https:// URL' })
  .refine(text => !URL.canParse(text) || new URL(text).password === '', {
    error: 'no password in a URL: give basicAuth.username, and basicAuth.passwordFile or passwordEnv',
  });

const path = z.string().min(1);

const environmentVariable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'expected the name of an environment variable',
});

/** Headers that are made from other keys, or by the connection itself. */
const ownHeaders = [
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'x-scope-orgid',
];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'expected the name of a header' });

/** The section `loki`; which keys go together is in `combinations.ts`. */
export const lokiSchema = z.strictObject({
  url: httpUrl
    .optional()
    .describe("Loki's base URL, or the whole push URL. Required where `output` is `loki`."),
  readUrl: httpUrl
    .optional()
    .describe(
      "Loki's base URL for queries. With it, counts that nobody knows after a long pause are asked of Loki; without it such entries carry `baseline`.",
    ),
  tenant: z.string().min(1).optional().describe('The tenant, sent as `X-Scope-OrgID`.'),
  encoding: z
    .enum(pushEncodings)
    .default('protobuf')
    .describe(
      'What a push is written in: `protobuf` with snappy, or `json` with gzip for a gateway that wants it.',
    ),
  line: z
    .enum(lineFormats)
    .default('text')
    .describe(
      'What the line of an entry is: `text` is `Kind/name: message`, `message` the message alone; `logfmt` and `json` have every field in the line and send no structured metadata, for a Loki that takes none.',
    ),
  basicAuth: z
    .strictObject({
      username: z.string().min(1).describe('The user of basic auth.'),
      passwordFile: path.optional().describe('The file with its password; read again for each request.'),
      passwordEnv: environmentVariable.optional().describe('The environment variable with its password.'),
    })
    .optional(),
  bearerTokenFile: path.optional().describe('The file with a bearer token; read again for each request.'),
  bearerTokenEnv: environmentVariable.optional().describe('The environment variable with a bearer token.'),
  headers: z
    .record(
      headerName.refine(name => !ownHeaders.includes(name.toLowerCase()), {
        error: `not one of ${ownHeaders.join(', ')}: other keys set these`,
      }),
      z.string(),
    )
    .default({})
    .describe('Further headers of each request to Loki, by name. No secrets here.'),
  tls: z
    .strictObject({
      caFile: path
        .optional()
        .describe('The certificates that Loki is verified with, PEM; without it those of the system.'),
      certFile: path.optional().describe("The client's certificate, PEM; read again when it is replaced."),
      keyFile: path.optional().describe("The client certificate's key, PEM."),
      serverName: z
        .string()
        .min(1)
        .optional()
        .describe("The name in Loki's certificate, where it isn't the URL's."),
      insecureSkipVerify: z.boolean().default(false).describe("Whether Loki's certificate goes unverified."),
    })
    .prefault({}),
  timeoutSeconds: z.number().positive().max(600).default(30).describe('How long one push may take.'),
  batch: z
    .strictObject({
      maxBytes: z
        .int()
        .min(1024)
        .max(64 * mebibyte)
        .default(mebibyte)
        .describe(
          'A push holds at most this many bytes of entries, before compression, and at least one entry.',
        ),
      maxEntries: z
        .int()
        .min(1)
        .max(100_000)
        .default(5000)
        .describe('A push holds at most this many entries.'),
      maxPushesPerSecond: z
        .number()
        .positive()
        .max(1000)
        .default(20)
        .describe(
          'Batches per second, at most. A stream that Loki may refuse, as a new one, takes a push of its own beside its batch.',
        ),
    })
    .prefault({}),
});

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
