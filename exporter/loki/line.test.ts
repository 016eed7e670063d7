import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readLogfmt } from '../../test/integration/line-format-reader.ts';
import { fitLine } from './limits.ts';
import {
  fieldName,
  isFieldFormat,
  lineFormats,
  parserStage,
  withEventTime,
  withFieldsInLine,
} from './line.ts';
import { type Entry, otherValue, structuredMetadata } from './schema.ts';

function entry(fields: Partial<Entry> = {}): Entry {
  return {
    labels: {
      cluster: 'prod',
      job: 'kube-events',
      kind: 'Pod',
      namespace: 'shop',
      reason: 'BackOff',
      type: 'Warning',
    },
    timestamp: 1777629900000000000n,
    line: 'Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z',
    metadata: {
      name: 'web-5d4f8c7b9-x2x4z',
      workload: 'web',
      event_uid: 'e-1',
      resource_version: '812',
      count: '5',
      occurrences: '2',
      component: 'kubelet',
      node: '',
      first_seen: '2026-05-01T10:00:00Z',
      detected_level: 'warn',
    },
    ...fields,
  };
}

const logfmt = (fields: Partial<Entry> = {}) => withFieldsInLine(entry(fields), 'logfmt').line;
const json = (fields: Partial<Entry> = {}) => withFieldsInLine(entry(fields), 'json').line;

describe('fields in the line', () => {
  test('as logfmt: three labels, the metadata in its order, the message in quotes', () => {
    assert.equal(
      logfmt(),
      'kind=Pod reason=BackOff type=Warning name=web-5d4f8c7b9-x2x4z workload=web event_uid=e-1 ' +
        'resource_version=812 count=5 occurrences=2 component=kubelet first_seen=2026-05-01T10:00:00Z level=warn ' +
        'msg="Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z"',
    );
  });

  test('as JSON: counts are numbers', () => {
    assert.deepEqual(JSON.parse(json()), {
      kind: 'Pod',
      reason: 'BackOff',
      type: 'Warning',
      name: 'web-5d4f8c7b9-x2x4z',
      workload: 'web',
      event_uid: 'e-1',
      resource_version: '812',
      count: 5,
      occurrences: 2,
      component: 'kubelet',
      first_seen: '2026-05-01T10:00:00Z',
      level: 'warn',
      msg: 'Back-off restarting failed container app in pod web-5d4f8c7b9-x2x4z',
    });
  });

  test('they are nowhere else, and labels and time stay', () => {
    const { line: _, ...rest } = withFieldsInLine(entry(), 'logfmt');
    assert.deepEqual(rest, { labels: entry().labels, timestamp: entry().timestamp, metadata: {} });
  });

  test('a folded label has its real value in the line', () => {
    const labels = { job: 'kube-events', kind: otherValue, reason: otherValue, type: otherValue };
    const metadata = { count: '1', event_kind: 'Widget', event_reason: 'Spun', event_type: 'Odd' };
    assert.deepEqual(readLogfmt(logfmt({ labels, metadata, line: 'x' })), {
      kind: 'Widget',
      reason: 'Spun',
      type: 'Odd',
      count: '1',
      event_kind: 'Widget',
      event_reason: 'Spun',
      event_type: 'Odd',
      msg: 'x',
    });
  });

  test('a value that is not there is no field, except the message', () => {
    const empty = { labels: { job: 'kube-events', type: otherValue }, metadata: { count: '1' }, line: '' };
    assert.equal(logfmt(empty), 'count=1 msg=""');
    assert.equal(json(empty), '{"count":1,"msg":""}');
  });
});

describe('hostile values', () => {
  const hostile = 'a "b" c=d\\e\n\t\u0000\u001b[31m\u007f\u0085\u2028\ud800 é🚀 msg="x" event_time=1';
  const seen = hostile.toWellFormed();

  test('are read as they were', () => {
    const fields = { metadata: { name: hostile, action: 'a=b', count: '1' }, line: hostile };
    const expected = {
      kind: 'Pod',
      reason: 'BackOff',
      type: 'Warning',
      name: seen,
      action: 'a=b',
      msg: seen,
    };
    assert.deepEqual(readLogfmt(logfmt(fields)), { ...expected, count: '1' });
    assert.deepEqual(JSON.parse(json(fields)), { ...expected, count: 1 });
  });

  test('never break the line, or reach a terminal as they are', () => {
    for (const line of [logfmt, json]) assert.doesNotMatch(line({ line: hostile }), /\p{Cc}|\p{Zl}|\p{Zp}/u);
  });

  test('a count that is no number is a string in JSON', () => {
    assert.deepEqual(
      JSON.parse(json({ labels: {}, metadata: { count: '1e400', occurrences: '007' }, line: '' })),
      {
        count: '1e400',
        occurrences: '007',
        msg: '',
      },
    );
  });
});

describe('length', () => {
  const control = '\u0001'.repeat(1_400_000);
  const wide = '€'.repeat(500_000);
  const names = Object.keys(structuredMetadata);

  const separators = '\u2028\u0085'.repeat(300_000);

  for (const [what, long] of Object.entries({ control, wide, separators })) {
    test(`values of ${what} are cut, and the line is read as a whole`, () => {
      const metadata = Object.fromEntries(names.map(name => [name, long]));
      const labels = { job: 'kube-events', kind: long, reason: long, type: 'Warning' };
      for (const [format, read] of [
        [logfmt, readLogfmt],
        [json, (line: string) => JSON.parse(line) as Record<string, string>],
      ] as const) {
        const line = format({ labels, metadata, line: long });
        assert.equal(
          fitLine(withEventTime(line, '+10000-01-01T00:00:00.000000000Z')).endsWith('bytes cut]'),
          false,
        );
        assert.ok(Buffer.byteLength(line) > 250_000, `${Buffer.byteLength(line)}`);
        const fields = read(line);
        assert.deepEqual(Object.keys(fields), ['kind', 'reason', 'type', ...names.map(fieldName), 'msg']);
        assert.match(fields['name'] ?? '', /^[^…]+…$/);
        const [, kept = '', missing] = /^([^…]+)… \[(\d+) bytes cut\]$/.exec(fields['msg'] ?? '') ?? [];
        assert.equal(Buffer.byteLength(kept) + Number(missing), Buffer.byteLength(long));
      }
    });
  }

  test('a message that just fits is whole', () => {
    const room = 256 * 1024 - 128 - Buffer.byteLength(logfmt({ line: '' }));
    const whole = 'x'.repeat(room);
    assert.equal(readLogfmt(logfmt({ line: whole }))['msg'], whole);
    assert.match(readLogfmt(logfmt({ line: `${whole}x` }))['msg'] ?? '', /x… \[\d+ bytes cut\]$/);
  });
});

describe('another time', () => {
  const time = '1969-12-31T23:59:59.999999999Z';

  test('is a field more, once', () => {
    for (const line of [logfmt(), json()]) {
      const moved = withEventTime(line, time);
      const fields = line.startsWith('{') ? JSON.parse(moved) : readLogfmt(moved);
      assert.equal(fields.event_time, time);
      assert.equal(fields.msg, entry().line);
      assert.equal(withEventTime(moved, '2026-05-01T10:00:00Z'), moved);
    }
  });

  test('is not looked for in values', () => {
    const fields = {
      metadata: { action: 'b event_time=1', count: '1' },
      line: 'a event_time=2 "event_time":3 \\',
    };
    assert.equal(readLogfmt(withEventTime(logfmt(fields), time))['event_time'], time);
    assert.equal(JSON.parse(withEventTime(json(fields), time)).event_time, time);
  });

  test('stays the first where the entry came with it', () => {
    const fields = { metadata: { event_time: '2300-01-01T00:00:00Z' } };
    for (const line of [logfmt(fields), json(fields)]) assert.equal(withEventTime(line, time), line);
  });
});

test('queries have the parser that the fields need', () => {
  assert.deepEqual(lineFormats.map(parserStage), ['', '', ' | logfmt', ' | json']);
  assert.deepEqual(lineFormats.filter(isFieldFormat), ['logfmt', 'json']);
});
