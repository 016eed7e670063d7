import { RE2JS } from 're2js';
import { z } from 'zod';
import { builtInNames } from '../event/redact/redactor.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'expected lower-case letters, digits and dashes, at most 40' })
  .refine(text => !builtInNames.includes(text), {
    error: `is the name of a built-in pattern; take another than ${builtInNames.join(', ')}`,
  })
  .describe(
    'Stands in the place of what the pattern matches, as `[redacted:NAME]`, and is a label on `/metrics`.',
  );

const regex = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe('What to replace, as an RE2 regular expression, the syntax of LogQL: the whole match goes.');

/** The section `redact` of the configuration. */
export const redactSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        'Replaces secrets in events before anything is stored, logged or counted: passwords, tokens, keys, credentials in URLs.',
      ),
    patterns: z
      .array(z.strictObject({ name, regex }))
      .max(100)
      .superRefine((patterns, context) => {
        for (const [index, pattern] of patterns.entries()) {
          if (patterns.findIndex(other => other.name === pattern.name) === index) continue;
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `${pattern.name} is the name of a pattern above; give each its own`,
          });
        }
      })
      .default([])
      .describe('Patterns of your own, besides the built-in ones.'),
  })
  .prefault({});

export type RedactConfig = z.output<typeof redactSchema>;

/** What is wrong with an expression, in RE2's words. */
function faultOf(text: string): string | undefined {
  try {
    if (RE2JS.compile(text).test('')) {
      return 'matches the empty text, so it would match everywhere; write it so that it needs a character';
    }
    return undefined;
  } catch (error) {
    return `not a regular expression in RE2 syntax: ${(error as Error).message}`;
  }
}
