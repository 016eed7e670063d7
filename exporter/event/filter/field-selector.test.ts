import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterSchema } from '../../config/filter-schema.ts';
import type { EventSchema } from '../normalise.ts';
import type { CoreEvent } from '../wire.ts';
import { fieldSelectorOf } from './field-selector.ts';
import { Filter } from './filter.ts';

test('a selector says of a filter what it can', () => {
  const cases: [include: object[], exclude: object[], v1: string | undefined, events?: string][] = [
    [[], [], undefined],
    [[], [{ type: 'Normal' }], 'type!=Normal', 'type!=Normal'],
    [[{ type: 'Warning' }], [], 'type=Warning', 'type=Warning'],
    [
      [{ kind: 'Pod', namespace: 'shop', message: '*x*' }],
      [{ component: 'kubelet' }],
      'involvedObject.namespace=shop,involvedObject.kind=Pod,source!=kubelet',
      'regarding.namespace=shop,regarding.kind=Pod',
    ],
    [
      [],
      [{ reason: ['Pulled', 'Pulling', 'Creat*'] }],
      'reason!=Pulled,reason!=Pulling',
      'reason!=Pulled,reason!=Pulling',
    ],
    [[], [{ reason: 'Pulled', kind: 'Pod' }], undefined],
    [[], [{ namespace: 'default' }], 'involvedObject.namespace!=default', 'regarding.namespace!=default'],
    // A Node's event is in the namespace default, and its object in none.
    [[{ namespace: 'default' }], [], undefined],
    [[{ namespace: 'kube-system' }], [], undefined],
    [[{ clusterScoped: true }], [], 'involvedObject.namespace=', 'regarding.namespace='],
    [[], [{ clusterScoped: true }], 'involvedObject.namespace!=', 'regarding.namespace!='],
    [[{ clusterScoped: false }], [], 'involvedObject.namespace!=', 'regarding.namespace!='],
    [[{ type: ['Warning', 'Normal'] }], [], undefined],
    [[{ type: 'Warn*' }], [], undefined],
    [
      [
        { type: 'Warning', kind: 'Pod' },
        { type: 'Warning', kind: 'Node' },
      ],
      [],
      'type=Warning',
      'type=Warning',
    ],
    [[{ type: 'Warning' }, { minCount: 5 }], [], undefined],
    [[{ reason: 'a,b=c\\d' }], [], 'reason=a\\,b\\=c\\\\d', 'reason=a\\,b\\=c\\\\d'],
  ];
  for (const [include, exclude, v1, events] of cases) {
    const config = filterSchema.parse({ include, exclude });
    assert.equal(fieldSelectorOf(config), v1, JSON.stringify({ include, exclude }));
    assert.equal(fieldSelectorOf(config, 'events.k8s.io/v1'), events, JSON.stringify({ include, exclude }));
  }
});

test('a selector stays short enough for a URL', () => {
  const reason = Array.from({ length: 5000 }, (_, i) => `Reason${i}`);
  const selector = fieldSelectorOf(filterSchema.parse({ exclude: [{ reason }] })) ?? '';
  assert.match(selector, /^reason!=Reason0,reason!=Reason1,/);
  const length = encodeURIComponent(selector).length;
  assert.ok(length > 3900 && length <= 4000, String(length));
});

/** As ToSelectableFields in pkg/registry/core/event/strategy.go, under the names of either API. */
function selectableFields(event: CoreEvent, api: EventSchema): Record<string, string> {
  const { kind = '', namespace = '', name = '' } = event.involvedObject ?? {};
  const object = api === 'core/v1' ? 'involvedObject' : 'regarding';
  return {
    [`${object}.kind`]: kind,
    [`${object}.namespace`]: namespace,
    [`${object}.name`]: name,
    reason: event.reason ?? '',
    type: event.type ?? '',
    [api === 'core/v1' ? 'reportingComponent' : 'reportingController']: event.reportingComponent ?? '',
    ...(api === 'core/v1' && { source: event.source?.component || (event.reportingComponent ?? '') }),
  };
}

/** As parseSelector in k8s.io/apimachinery/pkg/fields/selector.go. */
function selects(selector: string, set: Record<string, string>): boolean {
  const terms = selector.match(/(?:\\.|[^,\\])+/gs) ?? [];
  return terms.every(term => {
    const [, field = '', operator, raw = ''] = /^(.*?)(!=|=)(.*)$/s.exec(term) ?? [];
    assert.ok(field in set, `no field ${field} in ${selector}`);
    assert.match(raw, /^(?:\\[\\,=]|[^\\,=])*$/s);
    return (set[field] === raw.replace(/\\(.)/gs, '$1')) === (operator === '=');
  });
}

const value = fc.constantFrom('a', 'a,b=c\\', 'default', 'kube-system', 'shop');
const pattern = fc.oneof(
  { weight: 3, arbitrary: value },
  { weight: 1, arbitrary: fc.constantFrom('a*', '/a|b/', '?', '//') },
);
const patterns = fc.oneof(pattern, fc.array(pattern, { minLength: 1, maxLength: 3 }));
const conditions = {
  namespace: patterns,
  kind: patterns,
  name: patterns,
  reason: patterns,
  type: patterns,
  component: patterns,
  message: patterns,
  clusterScoped: fc.boolean(),
  minCount: fc.integer({ min: 1, max: 3 }),
};
const names = Object.keys(conditions) as (keyof typeof conditions)[];
const rule = fc
  .tuple(fc.record(conditions), fc.shuffledSubarray(names, { minLength: 1, maxLength: 2 }))
  .map(([given, chosen]) => Object.fromEntries(chosen.map(name => [name, given[name]])));
const filters = fc.record({
  include: fc.array(rule, { maxLength: 2 }),
  exclude: fc.array(rule, { maxLength: 2 }),
});

const part = fc.option(value, { nil: '' });
/** Events as the API server lets them be: one whose object has no namespace is in default or kube-system. */
const events = fc
  .record({
    object: fc.record({ kind: part, name: part, namespace: part }),
    namespace: fc.constantFrom('default', 'kube-system', 'shop'),
    reason: part,
    type: part,
    component: part,
    reportingComponent: part,
    message: part,
    count: fc.integer({ min: 1, max: 3 }),
  })
  .map(
    ({ object, namespace, component, ...rest }): CoreEvent => ({
      ...rest,
      metadata: { namespace: object.namespace === '' && namespace === 'shop' ? 'default' : namespace },
      involvedObject: object,
      source: { component },
    }),
  );

for (const api of ['core/v1', 'events.k8s.io/v1'] as const) {
  test(`a selector never hides what the filter passes: ${api}`, () => {
    const seen = { passed: 0, hidden: 0 };
    fc.assert(
      fc.property(filters, fc.array(events, { minLength: 20, maxLength: 20 }), (given, sample) => {
        const config = filterSchema.parse(given);
        const filter = new Filter(config);
        const selector = fieldSelectorOf(config, api);
        if (selector === undefined) return;
        for (const event of sample) {
          const selected = selects(selector, selectableFields(event, api));
          const passed = filter.matches(event, 0);
          if (passed) seen.passed += 1;
          if (!selected) seen.hidden += 1;
          assert.ok(selected || !passed, `${selector} hides ${JSON.stringify(event)}`);
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(seen.passed > 500 && seen.hidden > 500, JSON.stringify(seen));
  });
}
