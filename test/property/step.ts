import fc from 'fast-check';
import type { CountStyle } from './cluster-history.ts';

/** One thing that happens, in the cluster, on the wire, at Loki, or to the exporter. */
export type Step =
  | { readonly do: 'write'; readonly name: string; readonly by: number; readonly style: CountStyle }
  | { readonly do: 'touch' | 'reset' | 'delete' | 'recreate'; readonly name: string }
  | { readonly do: 'fail'; readonly verb: 'list' | 'watch'; readonly status: 500 | 429 }
  | { readonly do: 'refuse'; readonly status: 500 | 429; readonly stored: boolean }
  | { readonly do: 'poison'; readonly name: string }
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do:
        | 'end watches'
        | 'end watches late'
        | 'cut watches'
        | 'compact'
        | 'loki down'
        | 'loki up'
        | 'start'
        | 'stop'
        | 'crash'
        | 'write checkpoint'
        | 'write state'
        | 'settle';
    };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const status = fc.constantFrom(500, 429);

const write: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('write'),
  name,
  by: fc.integer({ min: 1, max: 3 }),
  style: fc.constantFrom('count', 'series'),
});
const named = (...what: Step['do'][]) => fc.record({ do: fc.constantFrom(...what), name });
const plain = (...what: Step['do'][]) => fc.record({ do: fc.constantFrom(...what) });

/** A step, as often as it is likely to matter. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: write },
  { weight: 4, arbitrary: named('touch', 'reset', 'delete', 'recreate') },
  { weight: 1, arbitrary: named('poison') },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fail'), verb: fc.constantFrom('list', 'watch'), status }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refuse'), status, stored: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 5, arbitrary: plain('end watches', 'end watches late', 'cut watches', 'compact') },
  { weight: 3, arbitrary: plain('loki down', 'loki up') },
  { weight: 9, arbitrary: plain('start', 'stop', 'crash', 'crash', 'write checkpoint', 'write state') },
  { weight: 4, arbitrary: plain('settle') },
) as fc.Arbitrary<Step>;
