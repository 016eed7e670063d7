import { z } from 'zod';
import { profileNames } from '../dashboards/profile.ts';
import { ruleGroups } from './catalogue.ts';
import { type AlertRule, languages, type Setting, severities } from './rule.ts';

/** `90s`, `15m`, `1d`, `1h30m`: as Loki takes it. */
const duration = z
  .string()
  .regex(/^(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?$/, {
    error: 'expected a duration, as in 90s, 15m or 6h',
  })
  .min(2, { error: 'expected a duration, as in 90s, 15m or 6h' });

function settingSchema({ default: value, description }: Setting) {
  return typeof value === 'string'
    ? duration.default(value).describe(description)
    : z.number().positive().default(value).describe(description);
}

function ruleSchema(rule: AlertRule) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether there is this rule.'),
      severity: z.enum(severities).default(rule.severity).describe('The label `severity`.'),
      for: duration.default(rule.for).describe('How long the condition has to hold.'),
      interval: duration.optional().describe('How often it is evaluated; that of its group by default.'),
      ...Object.fromEntries(
        Object.entries(rule.settings).map(([name, setting]) => [name, settingSchema(setting)]),
      ),
    })
    .prefault({})
    .describe(rule.summary.en);
}

const rules = ruleGroups.flatMap(group => group.rules);

/** What rules are rendered for; its descriptions are the reference. */
export const rulesConfigSchema = z.strictObject({
  profile: z
    .enum(profileNames as [(typeof profileNames)[number], ...(typeof profileNames)[number][]])
    .default('default')
    .describe("Whose events they are; this exporter's by default."),
  job: z
    .string()
    .regex(/^[^"\\`$\s{}][^"\\`$\n{}]*$/, { error: 'expected a value without quotes, braces, $ and \\' })
    .optional()
    .describe("The value of the label `job`; the profile's own by default."),
  clusterLabel: z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'expected the name of a label: letters, digits and _' })
    .default('cluster')
    .describe('The label that names the cluster.'),
  selector: z
    .string()
    .default('')
    .describe('Further matchers of every selector, as in `environment="prod"`.'),
  heartbeat: z
    .boolean()
    .default(false)
    .describe(
      'Whether the exporters write a heartbeat stream: `ClusterSilent` and `PipelineSilent` rest on it.',
    ),
  language: z.enum(languages).default('en').describe('The language of summaries and descriptions.'),
  labels: z
    .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string())
    .default({})
    .describe('Labels of every alert, as in `team: platform`.'),
  grafana: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where Grafana is, for links to dashboards and to Explore.'),
  datasource: z.string().min(1).default('loki').describe('The uid of the Loki data source in Grafana.'),
  runbooks: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where the runbooks are read: `/CrashLoop.md` is put behind it.'),
  rules: z
    .strictObject(Object.fromEntries(rules.map(rule => [rule.name, ruleSchema(rule)])))
    .prefault({})
    .describe('Each rule with its thresholds and windows.'),
});

export type RulesConfig = z.output<typeof rulesConfigSchema>;
