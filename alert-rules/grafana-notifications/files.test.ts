import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { z } from 'zod';
import { rulesConfigSchema } from '../config.ts';
import { renderRules } from '../render.ts';
import { languages } from '../rule.ts';
import { grafanaNotifications } from '../targets/grafana-notifications.ts';
import { filesOf } from '../targets/target.ts';
import { contactPointsSchema, muteTimingsSchema, policiesSchema, templatesSchema } from './schema.ts';

type Given = z.input<typeof rulesConfigSchema>;

const schemas: Readonly<Record<string, z.ZodType>> = {
  'contact-points.yaml': contactPointsSchema,
  'policies.yaml': policiesSchema,
  'mute-timings.yaml': muteTimingsSchema,
  'templates.yaml': templatesSchema,
};

/** Every service in every way, every route and every time. */
const everything: Given = {
  grafana: 'https://grafana.example',
  clusterLabel: 'k8s_cluster_name',
  notifications: {
    timezone: 'Asia/Shanghai',
    bridge: { tokenFile: '/run/secrets/token' },
    receivers: {
      oncall: {
        slack: {
          urlEnv: 'SLACK_URL',
          urlFile: '/run/secrets/slack',
          channel: '#oncall',
          mention: { users: ['U1', 'U2'], groups: ['G1'], channel: 'here' },
        },
        email: { to: ['a@example.com', 'b@example.com'] },
        webhook: { urlFile: '/run/secrets/hook', tokenFile: '/run/secrets/token', maxAlerts: 9 },
        dingtalk: { urlEnv: 'DINGTALK_URL' },
        feishu: { urlFile: '/run/secrets/feishu', mention: ['all', 'ou_1'] },
        wecom: { urlEnv: 'WECOM_URL', mention: ['zhang', 'li'] },
        bridge: {},
        sendResolved: false,
      },
      chat: { dingtalk: { name: 'chat-dingtalk' }, feishu: { name: 'chat-feishu' }, wecom: {} },
    },
    routes: { critical: 'oncall', warning: 'chat', info: 'none', watchdog: 'none' },
    namespaces: [{ namespaces: ['shop', 'pay-.*'], critical: 'oncall', also: true }],
    ignore: [{ alertname: 'ProbeFailures', namespace: 'ci-.*' }],
    muteTimes: [
      {
        name: 'nights',
        times: [{ from: '22:00', to: '24:00' }],
        weekdays: ['monday:friday', 'sunday'],
        daysOfMonth: ['1:7', '-1'],
        months: ['october', '1:2'],
        years: ['2026:2027'],
      },
    ],
  },
};

const docs = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
const documented = parse(/```yaml\n(# rules\.yaml\n.*?)```/s.exec(docs)?.[1] ?? '') as Given;

function filesFor(given: Given): ReadonlyMap<string, unknown> {
  const config = rulesConfigSchema.parse(given);
  const files = filesOf(grafanaNotifications, renderRules(config), config);
  return new Map(Array.from(files, ([name, text]) => [name, parse(text)]));
}

interface Files {
  readonly contactPoints: readonly {
    readonly name: string;
    readonly receivers: readonly { uid: string; type: string; settings: Readonly<Record<string, unknown>> }[];
  }[];
  readonly policies: readonly Policy[];
  readonly muteTimes?: readonly { readonly name: string; readonly time_intervals: readonly object[] }[];
  readonly templates: readonly { readonly template: string }[];
}

interface Policy {
  readonly receiver: string;
  readonly object_matchers?: readonly (readonly string[])[];
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Policy[];
}

function contentOf(given: Given): Files {
  return Object.assign({}, ...filesFor(given).values()) as Files;
}

/** Every place in a file: its keys, and the value there. */
function* places(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<readonly (string | number)[]> {
  if (path.length > 0) yield path;
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    yield* places(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** A copy of a file in which what has a key was changed. */
function changed(
  file: unknown,
  path: readonly (string | number)[],
  change: (holder: Record<string | number, unknown>, key: string | number) => void,
): unknown {
  const copy: unknown = structuredClone(file);
  const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], copy);
  change(holder as Record<string | number, unknown>, path.at(-1) ?? '');
  return copy;
}

describe("Grafana's files for notifications", () => {
  const configs: readonly (readonly [string, Given])[] = [
    ['the default configuration', {}],
    ['every service, route and time', everything],
    ['the example of the docs', documented],
    ...languages.map(language => [`language ${language}`, { ...everything, language }] as const),
  ];
  for (const [name, given] of configs) {
    test(`fit Grafana's schema: ${name}`, () => {
      for (const [file, content] of filesFor(given)) {
        assert.deepEqual(schemas[file]?.safeParse(content).error?.issues ?? [], [], file);
      }
    });
  }

  for (const [file, content] of filesFor(everything)) {
    test(`the schema knows every field of ${file}`, () => {
      const schema = schemas[file];
      assert.ok(schema);
      for (const path of places(content)) {
        const where = path.join('.');
        const wrong = changed(content, path, (holder, key) => {
          holder[key] = { no: { such: 'value' } };
        });
        assert.equal(schema.safeParse(wrong).success, false, `a wrong value of ${where}`);
        // Variables of a payload have any name.
        if (typeof path.at(-1) === 'number' || where.includes('payload.vars.')) continue;
        const misspelt = changed(content, path, (holder, key) => {
          holder[`${key}s`] = holder[key];
          delete holder[key];
        });
        assert.equal(schema.safeParse(misspelt).success, false, `a misspelt ${where}`);
      }
    });
  }

  const faults: readonly (readonly [string, string, (content: Record<string, unknown>) => void])[] = [
    [
      'a contact point without receivers',
      'contact-points.yaml',
      content => settings(content, 0, 'receivers', []),
    ],
    [
      'a uid of 41 characters',
      'contact-points.yaml',
      content => receiver(content, 0, { uid: 'a'.repeat(41) }),
    ],
    [
      'a service that there is not',
      'contact-points.yaml',
      content => receiver(content, 0, { type: 'feishu' }),
    ],
    [
      'settings of another service',
      'contact-points.yaml',
      content => receiver(content, 1, { type: 'slack' }),
    ],
    [
      'a template with a variable',
      'contact-points.yaml',
      content => setting(content, 0, { text: '{{ $x := 1 }}' }),
    ],
    [
      'an action that is not closed',
      'contact-points.yaml',
      content => setting(content, 0, { text: '{{ .Status }' }),
    ],
    [
      'Slack without URL and token',
      'contact-points.yaml',
      content => setting(content, 0, { url: undefined }),
    ],
    [
      'two ways to authenticate',
      'contact-points.yaml',
      content => setting(content, 2, { username: 'me', password: 'secret' }),
    ],
    [
      'a root with matchers',
      'policies.yaml',
      content => settings(content, 0, 'object_matchers', [['a', '=', 'b']]),
    ],
    [
      'a root that is muted',
      'policies.yaml',
      content => settings(content, 0, 'mute_time_intervals', ['nights']),
    ],
    [
      'an operator that there is not',
      'policies.yaml',
      content => route(content, { object_matchers: [['a', '~', 'b']] }),
    ],
    ['a duration without a unit', 'policies.yaml', content => route(content, { group_wait: '30' })],
    ['an interval of nothing', 'policies.yaml', content => route(content, { group_interval: '0s' })],
    ['a label twice', 'policies.yaml', content => settings(content, 0, 'group_by', ['a', 'a'])],
    ["the SDK's days of the week", 'mute-timings.yaml', content => interval(content, { weekdays: ['1:5'] })],
    [
      "the SDK's times",
      'mute-timings.yaml',
      content => interval(content, { times: [{ from: '22:00', to: '24:00' }] }),
    ],
    [
      'a time that ends before it starts',
      'mute-timings.yaml',
      content => interval(content, { times: [{ start_time: '22:00', end_time: '07:00' }] }),
    ],
    ['a month that there is not', 'mute-timings.yaml', content => interval(content, { months: ['13'] })],
    ['a template without a name', 'templates.yaml', content => settings(content, 0, 'template', 'text')],
  ];
  for (const [name, file, spoil] of faults) {
    test(`the schema refuses ${name}`, () => {
      const content = structuredClone(filesFor(everything).get(file)) as Record<string, unknown>;
      spoil(content);
      assert.equal(schemas[file]?.safeParse(content).success, false);
    });
  }

  test('policies name contact points and times that are there', () => {
    for (const given of [{}, everything]) {
      const { contactPoints, policies, muteTimes = [] } = contentOf(given);
      const all = policies.flatMap(policy => [policy, ...(policy.routes ?? [])]);
      const points = contactPoints.map(({ name }) => name);
      const times = muteTimes.map(({ name }) => name);
      assert.deepEqual(
        all.filter(({ receiver }) => !points.includes(receiver)),
        [],
      );
      const muted = all.flatMap(({ mute_time_intervals = [] }) => mute_time_intervals);
      assert.deepEqual(
        muted.filter(name => !times.includes(name)),
        [],
      );
    }
  });

  test('settings name templates that are there', () => {
    const { contactPoints, templates } = contentOf(everything);
    const defined = [...(templates[0]?.template ?? '').matchAll(/define "([^"]+)"/g)].map(([, name]) => name);
    const text = templates[0]?.template ?? '';
    const named = [
      ...`${JSON.stringify(contactPoints).replaceAll('\\"', '"')}${text}`.matchAll(
        /(?:template|Exec) "([^"]+)"/g,
      ),
    ];
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.map(([, name]) => name).filter(name => !defined.includes(name)),
      [],
    );
    assert.equal(new Set(defined).size, defined.length);
  });

  test('what nobody is told of is muted always', () => {
    const { policies } = contentOf(everything);
    const muted = (policies[0]?.routes ?? [])
      .filter(({ mute_time_intervals = [] }) => mute_time_intervals.includes('kube-events-always'))
      .map(({ object_matchers = [] }) => object_matchers.flat().join(''));
    assert.deepEqual(muted, [
      'alertname=Watchdog',
      'alertname=~ProbeFailuresnamespace=~ci-.*',
      'severity=info',
    ]);
  });

  test('secrets stand elsewhere', () => {
    const { contactPoints } = contentOf(everything);
    const oncall = Object.fromEntries(
      (contactPoints[0]?.receivers ?? []).map(({ uid, settings }) => [uid, settings['url']]),
    );
    assert.deepEqual(oncall, {
      'kev-oncall-slack': `\${SLACK_URL}`,
      'kev-oncall-email': undefined,
      'kev-oncall-webhook': '$__file{/run/secrets/hook}',
      'kev-oncall-dingtalk': `\${DINGTALK_URL}`,
      'kev-oncall-feishu': '$__file{/run/secrets/feishu}',
      'kev-oncall-wecom': `\${WECOM_URL}`,
      'kev-oncall-bridge': 'http://kube-events-notify:9403/receivers/oncall',
    });
  });

  test("DingTalk's bot takes no mention from Grafana", () => {
    const receivers = { a: { dingtalk: { urlEnv: 'URL', mention: ['all'] } } };
    const routes = { critical: 'a', warning: 'a', info: 'a', watchdog: 'a' };
    assert.throws(
      () => filesFor({ notifications: { receivers, routes } }),
      /a\.dingtalk: Grafana mentions nobody/,
    );
  });

  test('with a template of their own, a team gets none of ours', () => {
    assert.deepEqual(
      [...filesFor({ notifications: { template: 'team.tmpl' } }).keys()],
      ['contact-points.yaml', 'policies.yaml'],
    );
  });
});

type Objects = Record<string, unknown>[];

/** Sets a key of the nth object of the file's list. */
function settings(content: Record<string, unknown>, index: number, key: string, value: unknown): void {
  const list = Object.values(content).find(Array.isArray) as Objects;
  Object.assign(list[index] ?? {}, { [key]: value });
}

function receiver(content: Record<string, unknown>, index: number, values: object): void {
  const points = content['contactPoints'] as { receivers: Objects }[];
  Object.assign(points[0]?.receivers[index] ?? {}, values);
}

function setting(content: Record<string, unknown>, index: number, values: object): void {
  const points = content['contactPoints'] as { receivers: { settings: object }[] }[];
  Object.assign(points[0]?.receivers[index]?.settings ?? {}, values);
}

function route(content: Record<string, unknown>, values: object): void {
  const policies = content['policies'] as { routes: Objects }[];
  Object.assign(policies[0]?.routes[1] ?? {}, values);
}

function interval(content: Record<string, unknown>, values: object): void {
  const times = content['muteTimes'] as { time_intervals: Objects }[];
  Object.assign(times[0]?.time_intervals[0] ?? {}, values);
}
