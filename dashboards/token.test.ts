import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, onlyWith, token, within } from './token.ts';

test('a text that is one token becomes its value, of whatever type', () => {
  const template = { threshold: token('threshold'), tags: token('tags'), job: token('job') };
  const values = { threshold: 3, tags: ['a', 'b'], job: 'kube-events' };
  assert.deepEqual(fill(template, values), { threshold: 3, tags: ['a', 'b'], job: 'kube-events' });
});

test('tokens in texts and in keys become text', () => {
  const template = { [`by ${token('label')}`]: `{job="${token('job')}"} >= ${token('threshold')}` };
  assert.deepEqual(fill(template, { label: 'cluster', job: 'x', threshold: 1.5 }), {
    'by cluster': '{job="x"} >= 1.5',
  });
});

test('filters put a value into JSON and URLs', () => {
  const selector = `, environment="a b"`;
  const url = within(JSON.stringify({ expr: `{job="${token('job')}"${token('selector')}}` }), 'json', 'url');
  const text = fill(url, { job: 'a/b', selector });
  assert.equal(text, `{"expr":"{job=\\"a%2Fb\\"${encodeURIComponent(', environment=\\"a b\\"')}}"}`);
  assert.equal(fill(`/${token('job', 'dashed', 'url')}`, { job: 'a/b c' }), '/a-b%20c');
  assert.equal(fill(`x${token('selector', 'more')}`, { selector: '' }), 'x');
  assert.equal(fill(`x${token('selector', 'more')}`, { selector: 'y="z"' }), 'x, y="z"');
});

test('what has no value is left out: entries, elements, and elements that ask for another token', () => {
  const template = {
    url: token('docs'),
    list: [
      token('docs'),
      `${token('docs')}/page`,
      'stays',
      onlyWith(['docs'], { title: 'Docs' }),
      onlyWith(['on'], { title: 'On' }),
    ],
    nothing: null,
    current: { text: token('docs'), value: token('docs') },
    empty: {},
  };
  assert.deepEqual(fill(template, { docs: null, on: true }), {
    list: ['stays', { title: 'On' }],
    nothing: null,
    empty: {},
  });
  assert.deepEqual(fill([onlyWith(['docs'], { a: 1 })], { docs: '' }), []);
  assert.deepEqual(fill([onlyWith(['on'], { a: 1 })], { on: false }), []);
  assert.deepEqual(fill([onlyWith(['docs', 'on'], { a: 1 })], { docs: 'x', on: false }), []);
  assert.deepEqual(fill([onlyWith(['docs'], { a: token('docs') })], { docs: 'x' }), [{ a: 'x' }]);
});

test('the entries of an object are added to another', () => {
  assert.deepEqual(fill({ severity: 'info', '@entries': 'labels' }, { labels: { team: 'a' } }), {
    severity: 'info',
    team: 'a',
  });
});

test('a value is not searched for tokens itself', () => {
  assert.equal(fill(`${token('a')}${token('b')}`, { a: '@{b}', b: 'x' }), '@{b}x');
});

test('a token without a value, or with one that is no text, is told by name', () => {
  assert.throws(() => fill(token('job'), {}), { message: 'nothing is given for the token job' });
  assert.throws(() => fill(`x ${token('tags')}`, { tags: [] }), {
    message: 'tags is put into a text, and is neither text nor number',
  });
});
