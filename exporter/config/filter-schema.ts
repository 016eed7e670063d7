import { z } from 'zod';
import { PatternError, parsePattern } from '../event/filter/pattern.ts';
import { messageField } from '../loki/line.ts';
import { streamLabels, structuredMetadata } from '../loki/schema.ts';
import { parseDuration } from './duration.ts';

const pattern = z.string().check(({ value, issues }) => {
  try {
    parsePattern(value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    issues.push({ code: 'custom', message: error.message, input: value, continue: true });
  }
});

const patterns = z
  .union([pattern, z.array(pattern).min(1, { error: 'an empty list matches nothing: give a pattern' })], {
    error: 'expected a pattern or a list of patterns, each a text (in quotes where it looks like a number)',
  })
  .optional();

const count = z.int().min(1).optional();

/** The conditions that depend on the event alone. */
const conditions = {
  namespace: patterns.describe(
    "The involved object's namespace; the event's own where the object has none. A pattern or a list of them, of which one has to match: an exact value, a glob (`*` is any text, `?` one character), or a regular expression between slashes, in RE2 syntax. Each has to match the whole value, and an expression means what it means after `=~` in LogQL; `/(?i)…/` ignores case, and `//` is no value at all.",
  ),
  kind: patterns.describe("The involved object's kind, as in `Pod`. A pattern or a list of them."),
  name: patterns.describe("The involved object's name. A pattern or a list of them, as in `web-*`."),
  reason: patterns.describe(
    "The event's reason. A pattern or a list of them, as in `[BackOff, /Failed.*/]`.",
  ),
  type: patterns.describe("The event's type: `Normal` or `Warning`. A pattern or a list of them."),
  component: patterns.describe(
    'Who reported the event: its `source.component`, else its `reportingComponent`. A pattern or a list of them, as in `kubelet`.',
  ),
  message: patterns.describe(
    "The event's message, of which the first 65,536 characters are looked at. A pattern or a list of them. The whole message has to match: write `*text*` or `/.*text.*/` for one that contains a text. `.` matches newlines too, as if `(?s)` stood in front.",
  ),
  clusterScoped: z
    .boolean()
    .optional()
    .describe(
      'Whether the involved object is in no namespace, as a Node or a PersistentVolume. Their events are in the namespace `default`.',
    ),
  minCount: count.describe('How often the event has occurred, at least.'),
  maxCount: count.describe('How often the event has occurred, at most.'),
};

const maxAge = z
  .string()
  .refine(text => parseDuration(text) !== undefined, {
    error: 'expected a duration, as in 90s, 30m or 1h30m',
  })
  .optional()
  .describe(
    'How long ago the event last occurred when it arrives here, at most, as in `30m`. An event without any time has no age.',
  );

type Given = Readonly<Record<string, unknown>> & {
  minCount?: number | undefined;
  maxCount?: number | undefined;
};

function checkRule({ value, issues }: { value: Given; issues: z.core.$ZodRawIssue[] }): void {
  const refuse = (message: string, path: string[] = []) =>
    issues.push({ code: 'custom', message, path, input: value, continue: true });
  // A rule of unknown keys alone is told as such.
  if (issues.length === 0 && Object.values(value).every(condition => condition === undefined)) {
    refuse(`a rule without conditions matches every event: give one of ${Object.keys(ruleShape).join(', ')}`);
  }
  const { minCount, maxCount } = value;
  if (minCount !== undefined && maxCount !== undefined && minCount > maxCount) {
    refuse(`no event can have a count of at least ${minCount} and at most ${maxCount}`, ['minCount']);
  }
}

const ruleShape = { ...conditions, maxAge };

/** A rule: it matches an event that all of its conditions hold for. */
const ruleSchema = z.strictObject(ruleShape).check(checkRule);

export type RuleConfig = z.output<typeof ruleSchema>;

/** The section `filters`; what each condition reads of an event is in `event/filter/rule.ts`. */
export const filterSchema = z.strictObject({
  include: z
    .array(ruleSchema)
    .default([])
    .describe(
      'Rules for the events that are wanted; an event has to match one of them. A rule matches where all its conditions hold. Without rules every event is wanted.',
    ),
  exclude: z
    .array(ruleSchema)
    .default([])
    .describe('Rules for the events that are not wanted, whatever `include` says.'),
});

export type FilterConfig = z.output<typeof filterSchema>;

/**
 * Without `maxAge`: an entry that is shipped again has to go where it went before, or Loki has it twice.
 */
const routeRuleSchema = z.strictObject(conditions).check(checkRule);

/** Loki takes 15 labels by default: six are the schema's, and it adds `service_name` of its own. */
const maxRouteLabels = 8;

/** Loki's `max_label_value_length` and `max_label_name_length`, by default. */
const labelValue = z.string().min(1, { error: 'Loki leaves out a label without a value' }).max(2048);
const maxLabelNameLength = 1024;

const routeLabels = z
  .record(z.string(), labelValue)
  .check(({ value, issues }) => {
    const names = Object.keys(value);
    for (const name of names) {
      const message = faultOfLabel(name);
      if (message) issues.push({ code: 'custom', message, path: [name], input: value, continue: true });
    }
    if (names.length > maxRouteLabels) {
      const message = `${names.length} labels: at most ${maxRouteLabels}, because Loki takes 15 of a stream by default`;
      issues.push({ code: 'custom', message, input: value, continue: true });
    }
  })
  .optional();

/** What `exporter/loki/line.ts` calls otherwise than the metadata. */
const lineFields: readonly string[] = ['level', messageField];

function faultOfLabel(name: string): string | undefined {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.length > maxLabelNameLength) {
    return 'not the name of a label: letters, digits and _, and no digit first';
  }
  if (name.startsWith('__')) return "names that begin with __ are Loki's own";
  if (Object.hasOwn(streamLabels, name)) return 'a label that each entry has already: choose another name';
  if (lineFields.includes(name))
    return 'a field of the line where `loki.line` is logfmt or json: choose another name';
  if (Object.hasOwn(structuredMetadata, name)) {
    return 'a name that stands in the structured metadata of each entry: choose another one';
  }
  return undefined;
}

/** What is wrong inside the rules: of neither a rule nor a list of them, zod itself says no more than that. */
function faultsWithin(errors: readonly z.core.$ZodIssue[][]): string {
  const within = errors.flat().filter(({ path }) => path.length > 0);
  return within.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

const routeSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, { error: 'expected letters, digits, _ and -, at most 63 of them' })
    .refine(name => name !== 'default', {
      error: '`default` is where events go that no route takes: choose another name',
    })
    .describe("The route's name, in metrics and logs."),
  match: z
    .union([routeRuleSchema, z.array(routeRuleSchema).min(1, { error: 'a route needs a rule to match' })], {
      error: ({ errors }) => faultsWithin(errors) || 'expected a rule or a list of rules, as in {kind: Pod}',
    })
    .describe(
      'A rule, or a list of rules of which one has to match, with the conditions of `filters` but for `maxAge`: an entry that is shipped again has to go where it went before.',
    ),
  // dskit's tenant.ValidTenantID, which Loki asks.
  tenant: z
    .string()
    .regex(/^(?!\.\.?$)[a-zA-Z0-9!\-_.*'()]{1,150}$/, {
      error: "expected a tenant's ID: at most 150 letters, digits and !-_.*'()",
    })
    .optional()
    .describe('The tenant, sent as `X-Scope-OrgID`. Without it: the one of `loki.tenant`.'),
  labels: routeLabels.describe(
    'Stream labels that all entries of the route carry, as in `{team: payments}`. No name of the stream schema.',
  ),
});

export type RouteConfig = z.output<typeof routeSchema>;

/** The section `routes`. */
export const routesSchema = z
  .array(routeSchema)
  .check(({ value, issues }) => {
    for (const [index, { name }] of value.entries()) {
      if (value.findIndex(route => route.name === name) === index) continue;
      const message = `a route before has the name ${name} already`;
      issues.push({ code: 'custom', message, path: [index, 'name'], input: name, continue: true });
    }
  })
  .default([])
  .describe(
    'Where entries go, by the event: the first route that matches takes it. What none takes goes to `loki.tenant` without further labels.',
  );
