import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { filterSchema, routesSchema } from './filter-schema.ts';

/** `path: message` of every fault. */
function faults(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input);
  return error?.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`) ?? [];
}

test('what is no filter is refused, with its place and the reason', () => {
  const cases: [rule: unknown, fault: RegExp][] = [
    [
      {},
      /^include\.0: a rule without conditions matches every event: give one of namespace, kind, .*, maxAge$/,
    ],
    [{ reason: undefined }, /^include\.0: a rule without conditions/],
    [{ reason: '/(/' }, /^include\.0\.reason: error parsing regexp: missing closing \): `\(`$/],
    [{ reason: ['a', '/(?=a)/'] }, /^include\.0\.reason\.1: .*\(RE2 has no lookahead and no lookbehind\)$/],
    [{ message: '/(a)\\1/' }, /^include\.0\.message: .*\(RE2 has no backreferences\)$/],
    [{ kind: [] }, /^include\.0\.kind: an empty list matches nothing/],
    [{ kind: '' }, /^include\.0\.kind: empty; /],
    [{ name: 7 }, /^include\.0\.name: expected a pattern or a list of patterns, each a text/],
    [{ minCount: 0 }, /^include\.0\.minCount: Too small/],
    [
      { minCount: 3, maxCount: 2 },
      /^include\.0\.minCount: no event can have a count of at least 3 and at most 2$/,
    ],
    [{ maxAge: '1 day' }, /^include\.0\.maxAge: expected a duration/],
    [{ reasons: 'a' }, /^include\.0: Unrecognized key: "reasons"$/],
  ];
  for (const [rule, fault] of cases) {
    const [first = '', ...others] = faults(filterSchema, { include: [rule] });
    assert.match(first, fault);
    assert.deepEqual(others, [], JSON.stringify(rule));
  }
});

test('all faults are told at once', () => {
  const found = faults(filterSchema, {
    include: [{ kind: '/[/' }, {}],
    exclude: [{ name: '/*/', type: '/x' }],
  });
  assert.deepEqual(
    found.map(fault => fault.split(':')[0]),
    ['include.0.kind', 'include.1', 'exclude.0.name', 'exclude.0.type'],
  );
});

test('what is no route is refused, with its place and the reason', () => {
  const match = { kind: 'Pod' };
  const cases: [routes: unknown[], fault: RegExp][] = [
    [[{ name: 'default', match }], /^0\.name: `default` is where/],
    [[{ name: 'a b', match }], /^0\.name: expected letters/],
    [
      [
        { name: 'a', match },
        { name: 'a', match },
      ],
      /^1\.name: a route before has the name a already$/,
    ],
    [[{ name: 'a', match: {} }], /^0\.match: a rule without conditions/],
    [[{ name: 'a', match: [match, { kind: '/(/' }] }], /^0\.match\.1\.kind: error parsing regexp/],
    [[{ name: 'a', match: { kind: 7 } }], /^0\.match: kind: expected a pattern/],
    [[{ name: 'a', match: [match, { kind: 7 }] }], /^0\.match: 1\.kind: expected a pattern/],
    [[{ name: 'a', match: 'Pod' }], /^0\.match: expected a rule or a list of rules/],
    [[{ name: 'a', match: { kin: 'Pod' } }], /^0\.match: Unrecognized key: "kin"$/],
    [[{ name: 'a', match: [] }], /^0\.match: a route needs a rule/],
    [[{ name: 'a', match, tenant: 'a|b' }], /^0\.tenant: expected a tenant's ID/],
    [[{ name: 'a', match, tenant: '..' }], /^0\.tenant: expected a tenant's ID/],
    [[{ name: 'a', match, labels: { 'a-b': 'c' } }], /^0\.labels\.a-b: not the name of a label/],
    [[{ name: 'a', match, labels: { __a: 'c' } }], /^0\.labels\.__a: names that begin with __/],
    [[{ name: 'a', match, labels: { reason: 'c' } }], /^0\.labels\.reason: a label that each entry has/],
    [
      [{ name: 'a', match, labels: { node: 'c' } }],
      /^0\.labels\.node: a name that stands in the structured metadata/,
    ],
    [[{ name: 'a', match, labels: { team: '' } }], /^0\.labels\.team: Loki leaves out/],
    [
      [{ name: 'a', match, labels: Object.fromEntries([...'abcdefghi'].map(name => [name, 'x'])) }],
      /^0\.labels: 9 labels: at most 8/,
    ],
  ];
  for (const [routes, fault] of cases) {
    const [first = '', ...others] = faults(routesSchema, routes);
    assert.match(first, fault);
    assert.deepEqual(others, [], JSON.stringify(routes));
  }
  // Where an entry goes must not depend on when it is shipped.
  assert.equal(routesSchema.safeParse([{ name: 'a', match: { kind: 'Pod', maxAge: '1h' } }]).success, false);
});

test('every key has a description, in the JSON Schema too', () => {
  const json = (schema: z.ZodType) => JSON.stringify(z.toJSONSchema(schema, { io: 'input' }));
  for (const name of [
    'include',
    'exclude',
    ...Object.keys(filterSchema.shape.include.unwrap().element.shape),
  ])
    assert.match(
      json(filterSchema),
      new RegExp(`"${name}":\\{[^{}]*"description"|"${name}":.*?"description"`),
    );
  assert.match(json(routesSchema), /"clusterScoped":\{"description":/);
});
