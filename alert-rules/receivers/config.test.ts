import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { notificationsSchema } from './config.ts';

const hook = { webhook: { urlFile: '/run/secrets/hook' } };
const everywhere = { critical: 'a', warning: 'a', info: 'a', watchdog: 'a' };

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'a receiver that there is not',
    { routes: { critical: 'pager' } },
    /there is no receiver pager; there are oncall, chat, watchdog/,
  ],
  ['one of a namespace', { namespaces: [{ namespaces: ['shop'], info: 'shop' }] }, /namespaces\[0\]\.info/],
  [
    'a namespace without receivers',
    { namespaces: [{ namespaces: ['shop'] }] },
    /expected a receiver for critical/,
  ],
  [
    'a pattern with a dollar sign',
    { namespaces: [{ namespaces: ['shop$'], info: 'chat' }] },
    /it is anchored anyway/,
  ],
  [
    'a receiver without services',
    { receivers: { a: {} }, routes: everywhere },
    /expected one of slack, email/,
  ],
  ['a receiver by the name of nobody', { receivers: { none: hook }, routes: everywhere }, /other than none/],
  ['a name that is too long for Grafana', { receivers: { ['a'.repeat(28)]: hook } }, /up to 27/],
  ['a time zone of Mars', { timezone: 'Mars/Olympus' }, /expected a time zone/],
  ['an offset for a time zone', { timezone: '+08:00' }, /expected a time zone/],
  [
    'a night in one piece',
    { muteTimes: [{ name: 'n', times: [{ from: '22:00', to: '07:00' }] }] },
    /a night is two/,
  ],
  ['a weekday by number', { muteTimes: [{ name: 'n', weekdays: ['1:5'] }] }, /as in monday:friday/],
  ['a time twice', { muteTimes: [{ name: 'n' }, { name: 'n' }] }, /n is there twice/],
  ['a repetition at once', { grouping: { critical: { repeat: '0s' } } }, /above 0/],
  ['a mail server without a port', { smtp: { smarthost: 'mail.example.com' } }, /expected HOST:PORT/],
  ['a template that is none', { template: '../x' }, /ends in \.tmpl/],
  ['an unknown key', { recievers: {} }, /recievers/],
];
for (const [name, given, message] of refused) {
  test(`refused: ${name}`, () => {
    const { error } = notificationsSchema.safeParse(given);
    assert.ok(error);
    assert.match(z.prettifyError(error), message);
  });
}

test('by default there is a receiver for each severity and for Watchdog', () => {
  const { receivers, routes } = notificationsSchema.parse({});
  assert.deepEqual(routes, { critical: 'oncall', warning: 'chat', info: 'chat', watchdog: 'watchdog' });
  assert.deepEqual(Object.keys(receivers), ['oncall', 'chat', 'watchdog']);
});
