import { z } from 'zod';

/** What the fold state may take of the checkpoint, whose Lease holds 256 KiB of annotations in all. */
const maxStateBytes = 150 << 10;
/** What one value takes on average at most (`LabelValues` sees to it), with its quotes and comma. */
const valueBytes = 67;
/** The most that one stream takes: its place in base 32, and its age. */
const streamBytes = 8;

/** The cardinality budget, as the key `cardinality` of the configuration. */
export const cardinalitySchema = z
  .strictObject({
    streams: z
      .int()
      .min(100)
      .max(10_000)
      .default(4000)
      .describe(
        "Active streams in all, of this exporter: with those of other clusters they have to fit under the tenant's max_global_streams_per_user (5,000 by default). A stream that brings nothing for two hours makes room.",
      ),
    namespaces: z
      .int()
      .min(1)
      .max(2000)
      .default(400)
      .describe(
        'Namespaces with a label value of their own. Loki answers 500 series at most, so that fewer can be drawn side by side.',
      ),
    kinds: z.int().min(1).max(1000).default(100).describe('Kinds with a label value of their own.'),
    reasons: z
      .int()
      .min(3)
      .max(2000)
      .default(300)
      .describe(
        'Reasons with a label value of their own; a third of them are kept for reasons that Kubernetes itself gives.',
      ),
  })
  .refine(options => fitsCheckpoint(options), {
    error:
      'these budgets together can outgrow the checkpoint on a Lease: 67 × (namespaces + kinds + reasons) + 8 × streams must not exceed 153,600',
  })
  .describe(
    'What does not fit into the budget shares the label value `__other__`, its real value in structured metadata: reasons that Kubernetes does not give itself first, then kinds, then all reasons, namespaces last.',
  );

export type CardinalityOptions = z.output<typeof cardinalitySchema>;

function fitsCheckpoint(options: {
  streams: number;
  namespaces: number;
  kinds: number;
  reasons: number;
}): boolean {
  const values = options.namespaces + options.kinds + options.reasons;
  return values * valueBytes + options.streams * streamBytes <= maxStateBytes;
}
