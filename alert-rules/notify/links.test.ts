import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertmanagerPayload, crashLoop, grafanaPayload } from '../../test/fakes/alert-payload.ts';
import { english, entry, grafana, message } from '../../test/fakes/composed-message.ts';

test('links lead to the object’s timeline, to the entries, the panel and the runbook', () => {
  const [alert] = message(grafanaPayload([crashLoop()]), { ...english, grafana }, [entry]).alerts;
  const links = new Map(alert?.links.map(({ name, url }) => [name, new URL(url)]));
  assert.deepEqual([...links.keys()], ['timeline', 'explore', 'dashboard', 'runbook']);
  const timeline = links.get('timeline');
  assert.equal(timeline?.pathname, '/d/kube-events-object');
  assert.deepEqual(Object.fromEntries(timeline?.searchParams ?? []), {
    'var-datasource': 'loki',
    'var-cluster': 'prod',
    'var-namespace': 'shop',
    'var-kind': 'Pod',
    'var-name': 'web-5d4f8c7b9-x2x4z',
    from: String(Date.parse('2026-05-01T09:04:30Z')),
    to: String(Date.parse('2026-05-01T10:34:30Z')),
  });
  assert.deepEqual(JSON.parse(links.get('explore')?.searchParams.get('panes') ?? ''), {
    kev: {
      datasource: 'loki',
      queries: [
        {
          refId: 'A',
          datasource: { type: 'loki', uid: 'loki' },
          expr: '{job="kube-events", cluster="prod", namespace="shop"} | workload="web"',
          queryType: 'range',
          editorMode: 'code',
        },
      ],
      range: {
        from: String(Date.parse('2026-05-01T09:04:30Z')),
        to: String(Date.parse('2026-05-01T10:10:00Z')),
      },
    },
  });
  assert.equal(links.get('dashboard')?.search, '?viewPanel=3');
});

test('a link that is none of the web’s, or would end the service’s own, is not one', () => {
  const linked = (runbook: string) =>
    message(alertmanagerPayload([crashLoop({ annotations: { runbook_url: runbook } })]), english).alerts[0]
      ?.links[0]?.url;
  assert.equal(linked('javascript:alert(1)'), undefined);
  assert.equal(linked('https://user:pass@docs.example.com/'), undefined);
  assert.equal(linked('/runbooks'), undefined);
  assert.equal(linked(`https://docs.example.com/${'x'.repeat(4000)}`), undefined);
  assert.equal(
    linked('https://docs.example.com/a)[b](<c>|d*`_~'),
    'https://docs.example.com/a%29%5Bb%5D%28%3Cc%3E%7Cd%2A%60%5F%7E',
  );
});
