import { afterEach, beforeEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { Backoff } from '../../exporter/delivery/backoff.ts';
import { createMetrics } from '../../exporter/telemetry/metrics.ts';
import { type Step, step } from './step.ts';
import { World } from './world.ts';

const metrics = createMetrics();
const clock = Date.now;
let passed = 0;

beforeEach(() => {
  // A run has dozens of failures, and half a second of real waiting for each would be minutes.
  mock.method(Backoff.prototype, 'next', () => 2);
  mock.method(Date, 'now', () => clock() + passed);
});

afterEach(() => mock.restoreAll());

interface Story {
  readonly queueBytes: number;
  readonly spoolBytes: number;
  readonly steps: readonly Step[];
}

const story: fc.Arbitrary<Story> = fc.record({
  queueBytes: fc.constantFrom(1, 2500, 1_000_000),
  spoolBytes: fc.constantFrom(1, 3000, 1_000_000),
  steps: fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
});

async function tell({ steps, ...sizes }: Story, withState: boolean, folds: boolean): Promise<void> {
  const passTime = (ms: number) => {
    passed += ms;
  };
  const world = await new World({ metrics, withState, folds, passTime, ...sizes }).start();
  try {
    await world.do({ do: 'start' });
    for (const step of steps) await world.do(step);
    await world.finish();
  } finally {
    await world.close();
  }
}

for (const withState of [false, true]) {
  const disk = withState ? 'with a local state' : 'with a checkpoint alone';
  for (const folds of [false, true]) {
    const budget = folds ? ', while labels fold' : '';
    test(`whatever happens, ${disk}${budget}: nothing is lost, nothing is twice, and every count is right`, async () => {
      await fc.assert(
        fc.asyncProperty(story, told => tell(told, withState, folds)),
        { numRuns: 60 },
      );
    });
  }
}
