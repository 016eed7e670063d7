import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checks, type Finding } from './finding.ts';
import { formatReport, resultOf } from './report.ts';
import { withoutSecrets } from './secrets.ts';

const findings: Finding[] = [
  { check: 'api-server', status: 'ok', found: 'reached' },
  { check: 'push', of: 'team-a', status: 'fault', found: '403:\n\u001b[31mno\r\n', advice: 'ask' },
  { check: 'lease', status: 'fault', found: 'absent', manifests: [{ kind: 'Lease' }] },
  { check: 'limits', status: 'not checked', found: 'not told' },
];

test('a line for each finding, whatever a server says; then what to apply', () => {
  assert.equal(
    formatReport(findings, 'text'),
    [
      'ok           api-server           reached',
      'fault        push                 team-a: 403: [31mno; ask',
      'fault        lease                absent',
      'not checked  limits               not told',
      '1 ok, 2 fault, 1 not checked',
      '',
      '# kubectl apply -f - grants and makes what is missing:',
      '---',
      'kind: Lease',
      '',
    ].join('\n'),
  );
});

test('JSON has the result and all of the findings', () => {
  assert.deepEqual(JSON.parse(formatReport(findings, 'json')), { result: 'fault', findings });
});

test('the worst status is the result, and what was not checked is none', () => {
  const of = (...statuses: Finding['status'][]) =>
    resultOf(statuses.map(status => ({ check: 'loki', status, found: '' })));
  assert.deepEqual(
    [of('ok', 'not checked'), of('ok', 'warning'), of('warning', 'fault')],
    ['ok', 'warning', 'fault'],
  );
});

test('secrets and credentials in URLs are taken out of findings', () => {
  const finding: Finding = {
    check: 'push',
    status: 'fault',
    found: 'https://me:pass@loki/x: Bearer s3cr3t is not known',
    advice: 'not s3cr3t',
  };
  const { found, advice } = withoutSecrets(finding, ['s3cr3t']);
  assert.deepEqual([found, advice], ['https://…@loki/x: Bearer … is not known', 'not …']);
});

test('the docs have every check', () => {
  const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('| check | passes where |');
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(rows, Object.keys(checks));
});
