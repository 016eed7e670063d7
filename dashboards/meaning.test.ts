import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { REASONS } from '../exporter/event/reasons/catalogue.ts';
import { meanings, severityColours, severityOf } from './meaning.ts';
import { colours } from './panels/common.ts';

const all = () => true;

/** What Grafana makes of a text: the first mapping that fits, a pattern between slashes as it stands. */
function shown(mappings: readonly ValueMapping[], value: string): { text?: string; color?: string } {
  for (const mapping of mappings) {
    if (mapping.type === MappingType.ValueToText) {
      const found = mapping.options[value];
      if (found !== undefined) return found;
    }
    if (mapping.type === MappingType.RegexToText) {
      const { pattern, result } = mapping.options;
      assert.match(pattern, /^\/.*\/$/);
      if (new RegExp(pattern.slice(1, -1)).test(value)) return result;
    }
  }
  return {};
}

test('every reason of the catalogue has its meaning', () => {
  for (const { reason, meaning } of REASONS)
    assert.ok(shown(meanings(all), reason).text?.includes(meaning), reason);
});

test('a reason with several meanings says whose each is', () => {
  const text = shown(meanings(all), 'DeadlineExceeded').text ?? '';
  assert.match(text, /kubelet: .+\. job-controller: .+\.$/);
});

test('what the catalogue lacks, and what folded, is called so', () => {
  assert.equal(shown(meanings(all), 'MyOperatorSaid').text, "Not one of Kubernetes' own reasons.");
  assert.match(shown(meanings(all), '__other__').text ?? '', /cardinality budget/);
  assert.deepEqual(shown(severityOf(all), 'MyOperatorSaid'), { text: 'unknown', color: colours.neutral });
});

test('a severity is the worst that a reason can have', () => {
  const order = ['info', 'notice', 'warning', 'critical'];
  for (const [reason, entries] of Map.groupBy(REASONS, entry => entry.reason)) {
    const worst = Math.max(...entries.map(({ severity }) => order.indexOf(severity)));
    assert.equal(shown(severityOf(all), reason).text, order[worst], reason);
  }
});

test('colours leave the text as it is', () => {
  assert.deepEqual(shown(severityColours(), 'NodeNotReady'), { color: colours.bad });
  assert.deepEqual(shown(severityColours(), 'Scheduled'), { color: colours.Normal });
});
