import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Causes, causeStage, valuesOf } from './cause.ts';
import { pullCauses, refusalCauses, scaleUpCauses, schedulingCauses } from './causes.ts';

const lists: Readonly<Record<string, Causes>> = {
  scheduling: schedulingCauses,
  scaleUp: scaleUpCauses,
  refusal: refusalCauses,
  pull: pullCauses,
};

describe('causes', () => {
  test('a stage takes texts letter by letter, list after list', () => {
    assert.equal(
      causeStage([['Insufficient nvidia.com/gpu', 'Insufficient'], ['had taint']]),
      '| regexp `(?P<cause1>Insufficient nvidia\\.com/gpu|Insufficient)` | regexp `(?P<cause2>had taint)`' +
        ' | label_format cause=`{{or .cause1 .cause2 "Other"}}`',
    );
  });

  for (const [name, causes] of Object.entries(lists)) {
    test(`${name}: texts are there once, and can stand in a query, a variable and a line of JSON`, () => {
      const values = valuesOf(causes);
      assert.deepEqual([...new Set(values)], values);
      for (const value of values) assert.match(value, /^[\w./ -]+$/);
    });

    test(`${name}: no text hides behind an earlier one of its list`, () => {
      for (const texts of causes) {
        for (const [index, text] of texts.entries()) {
          const hiding = texts.slice(0, index).filter(earlier => text.includes(earlier));
          assert.deepEqual(hiding, [], text);
        }
      }
    });
  }

  test('there are far fewer series than Loki answers', () => {
    for (const causes of Object.values(lists)) assert.ok(valuesOf(causes).length < 100);
  });
});
