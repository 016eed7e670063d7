import { z } from 'zod';
import { type Profile, profileNames, profiles } from '../dashboards/profile.ts';
import { defaultUidPrefix } from '../dashboards/uids.ts';
import { ruleGroups } from './catalogue.ts';
import { secondsOf } from './duration.ts';
import { exporterRuleGroups } from './exporter-rules/catalogue.ts';
import { notificationsSchema } from './receivers/config.ts';
import { recordingSettings } from './recording-settings.ts';
import { languages, type Rule, type Setting, severities } from './rule.ts';

/** `0s`, `90s`, `15m`, `1d`, `1h30m`: as Loki takes it. */
const duration = z.string().refine(text => secondsOf(text) !== undefined, {
  error: 'expected a duration, as in 90s, 15m or 6h',
});

/** A range of LogQL, or an interval. */
const time = z.string().refine(text => (secondsOf(text) ?? 0) > 0, {
  error: 'expected a duration above 0, as in 90s, 15m or 6h',
});

/** `name="value"`, `name=~"value"` and the like, with commas between. */
const matcher = String.raw`\s*[a-zA-Z_]\w*\s*(?:=~?|!=|!~)\s*"(?:[^"\\\n]|\\.)*"\s*`;
const matchers = new RegExp(`^(?:${matcher}(?:,${matcher})*)?$`);

const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, {
  error: 'expected the name of a label: letters, digits and _',
});

const url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' });

function settingSchema({ default: value, description }: Setting) {
  return typeof value === 'string'
    ? time.default(value).describe(description)
    : z.number().positive().default(value).describe(description);
}

function ruleSchema(rule: Rule) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether there is this rule.'),
      severity: z.enum(severities).default(rule.severity).describe('The label `severity`.'),
      for: duration.default(rule.for).describe('How long the condition has to hold.'),
      interval: time.optional().describe('How often it is evaluated; that of its group by default.'),
      ...Object.fromEntries(
        Object.entries(rule.settings).map(([name, setting]) => [name, settingSchema(setting)]),
      ),
    })
    .prefault({})
    .describe(rule.summary.en);
}

function rulesSchema(rules: readonly Rule[]) {
  return z.strictObject(Object.fromEntries(rules.map(rule => [rule.name, ruleSchema(rule)]))).prefault({});
}

const profilesWithHeartbeat = profileNames.filter(name => {
  const profile: Profile = profiles[name];
  return profile.heartbeat !== undefined;
});

/** What rules are rendered for; its descriptions are the reference. */
export const rulesConfigSchema = z
  .strictObject({
    profile: z
      .enum(profileNames as [(typeof profileNames)[number], ...(typeof profileNames)[number][]])
      .default('default')
      .describe("Whose events they are; this exporter's by default."),
    job: z
      .string()
      .regex(/^[^"\\`$\s{}][^"\\`$\n{}]*$/, { error: 'expected a value without quotes, braces, $ and \\' })
      .optional()
      .describe("The value of the label `job`; the profile's own by default."),
    clusterLabel: label
      .optional()
      .describe(
        'The label that names the cluster; `cluster` by default, and none where the profile has no clusters.',
      ),
    selector: z
      .string()
      .regex(matchers, { error: 'expected matchers of LogQL, as in environment="prod", team!="test"' })
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
      .record(label, z.string(), {
        error: 'expected names of labels (letters, digits and _) with a text each',
      })
      .default({})
      .describe('Labels of every alert, as in `team: platform`.'),
    grafana: url.optional().describe('Where Grafana is, for links to dashboards and to Explore.'),
    datasource: z.string().min(1).default('loki').describe('The uid of the Loki data source in Grafana.'),
    uidPrefix: z
      .string()
      .regex(/^[a-zA-Z0-9_-]{0,30}$/, { error: 'expected at most 30 letters, digits, - and _' })
      .default(defaultUidPrefix)
      .describe('What the uids of the dashboards begin with.'),
    runbooks: url.optional().describe('Where the runbooks are read: `/CrashLoop.md` is put behind it.'),
    rules: rulesSchema(ruleGroups.flatMap(group => group.rules)).describe(
      'Each rule with its thresholds and windows.',
    ),
    exporterSelector: z
      .string()
      .regex(matchers, { error: 'expected matchers of PromQL, as in namespace="monitoring", job!="test"' })
      .default('')
      .describe('Further matchers of the exporter\'s own metrics, as in `namespace="monitoring"`.'),
    exporterRules: rulesSchema(exporterRuleGroups.flatMap(group => group.rules)).describe(
      "Each rule about the exporter's own metrics, for Prometheus.",
    ),
    recording: z
      .strictObject({
        window: settingSchema(recordingSettings.window),
        offset: settingSchema(recordingSettings.offset),
      })
      .prefault({})
      .describe("The recording rules of Loki's ruler."),
    notifications: notificationsSchema
      .prefault({})
      .describe('Who is told of what, and how: for the targets `alertmanager` and `grafana-notifications`.'),
  })
  .refine(({ heartbeat, profile }) => !heartbeat || profilesWithHeartbeat.includes(profile), {
    path: ['heartbeat'],
    error: `only kube-events-loki writes one: the profile has to be ${profilesWithHeartbeat.join(', ')}`,
  });

export type RulesConfig = z.output<typeof rulesConfigSchema>;
