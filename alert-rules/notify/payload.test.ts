import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertmanagerPayload, crashLoop, grafanaPayload } from '../../test/fakes/alert-payload.ts';
import { PayloadError, parsePayload } from './payload.ts';

const whole = alertmanagerPayload([crashLoop(), crashLoop({ status: 'resolved' })]);

function refused(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  try {
    parsePayload(text);
  } catch (error) {
    if (error instanceof PayloadError) return error.message;
    throw error;
  }
  return assert.fail(`taken: ${text.slice(0, 100)}`);
}

test('Alertmanager’s payload', () => {
  const { alerts, groupKey, truncatedAlerts } = parsePayload(JSON.stringify(whole));
  assert.deepEqual(
    alerts.map(({ status, labels, endsAt }) => [status, labels['workload'], endsAt]),
    [
      ['firing', 'web', '0001-01-01T00:00:00Z'],
      ['resolved', 'web', '2026-05-01T10:35:00.000Z'],
    ],
  );
  assert.deepEqual([groupKey, truncatedAlerts], ['{}:{alertname="CrashLoop"}', 0]);
});

test('Grafana’s payload', () => {
  const [alert] = parsePayload(JSON.stringify(grafanaPayload([crashLoop()]))).alerts;
  assert.equal(alert?.startsAt, '2026-05-01T18:05:00+08:00');
  assert.equal(alert?.panelURL, 'https://grafana.example.com/d/kube-events-warnings?viewPanel=3');
});

test('what is neither is refused, with what is wrong', () => {
  assert.match(refused('{'), /^not JSON: /);
  assert.match(refused('['.repeat(1_000_000)), /^not JSON: /);
  assert.match(refused('null'), /body: Invalid input/);
  assert.match(refused({ ...whole, alerts: [] }), /alerts: Too small/);
  assert.match(refused({ ...whole, alerts: {} }), /alerts: Invalid input: expected array/);
  assert.match(refused({ ...whole, status: 'on fire' }), /status: Invalid option/);
  assert.match(refused({ ...whole, truncatedAlerts: -1 }), /truncatedAlerts: Too small/);
  const withAlert = (over: object) => ({ ...whole, alerts: [{ ...crashLoop(), ...over }] });
  assert.match(
    refused(withAlert({ labels: { a: 1 } })),
    /alerts\.0\.labels\.a: Invalid input: expected string/,
  );
  assert.match(refused(withAlert({ annotations: null })), /alerts\.0\.annotations: /);
  assert.match(
    refused(withAlert({ startsAt: 'yesterday' })),
    /alerts\.0\.startsAt: expected a time, RFC 3339/,
  );
  assert.match(
    refused({ ...whole, alerts: Array.from({ length: 20_001 }, () => crashLoop()) }),
    /alerts: Too big/,
  );
});

test('a fault is told in few words, however large what is wrong is', () => {
  const labels = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`l${'x'.repeat(500)}${index}`, index]),
  );
  assert.ok(refused({ ...whole, alerts: [{ ...crashLoop(), labels }] }).length < 3000);
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`l${index}`, '']));
  assert.match(
    refused({ ...whole, alerts: [{ ...crashLoop(), labels: many }] }),
    /alerts\.0\.labels: more than 200 of them/,
  );
});
