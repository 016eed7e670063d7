import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A duration as Go reads it, in milliseconds. */
const duration = z
  .string()
  .regex(/^\d+(?:ms|s|m)$/)
  .transform(text => {
    const unit = text.endsWith('ms') ? 1 : text.endsWith('s') ? 1000 : 60_000;
    return Number.parseInt(text, 10) * unit;
  });

const rule = z.strictObject({
  type: z.enum(['temporary', 'permanent']),
  condition: z.string().optional(),
  reason: z.string().regex(/^[A-Z][A-Za-z]+$/),
  path: z.string().startsWith('/'),
  args: z.array(z.string()).default([]),
  timeout: duration.optional(),
  invoke_interval: duration.optional(),
});

/**
 * A monitor of custom plugins as node-problem-detector reads it, after its types in pkg/custompluginmonitor/types and what
 * it checks there; it leaves out what it does not know, and this does not.
 */
export const pluginMonitor = z
  .strictObject({
    plugin: z.literal('custom'),
    pluginConfig: z.strictObject({
      invoke_interval: duration,
      timeout: duration,
      max_output_length: z.int().positive(),
      concurrency: z.int().positive(),
      enable_message_change_based_condition_update: z.boolean().optional(),
      skip_initial_status: z.boolean().optional(),
    }),
    source: z.string().min(1),
    metricsReporting: z.boolean().optional(),
    conditions: z.array(z.strictObject({ type: z.string(), reason: z.string(), message: z.string() })),
    rules: z.array(rule).min(1),
  })
  .superRefine(({ pluginConfig, conditions, rules }, context) => {
    for (const { type, condition, timeout = 0 } of rules) {
      if (timeout > pluginConfig.timeout) context.addIssue('a rule may take no longer than all');
      if (type === 'permanent' && !conditions.some(known => known.type === condition)) {
        context.addIssue(`${condition} is a condition without a default`);
      }
    }
  });

/** The folder with what node-problem-detector is given. */
export const detectorFolder = new URL('../../deploy/node-problem-detector/', import.meta.url);

/** The text of a file there. */
export function detectorFile(name: string): string {
  return readFileSync(new URL(name, detectorFolder), 'utf8');
}

/** The rules of our monitor, their arguments without the script. */
export function conntrackRules(): { type: string; args: readonly string[] }[] {
  const { rules } = pluginMonitor.parse(JSON.parse(detectorFile('conntrack-monitor.json')));
  return rules.map(({ type, args: [, ...args] }) => ({ type, args }));
}
