import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LookUp, type LookUpResult } from '../../alert-rules/notify/look-up.ts';
import { type Loki, startLoki } from '../servers/loki.ts';

let loki: Loki;
const now = Date.now();

before(async () => {
  loki = await startLoki({ own: true });
  const at = (agoSeconds: number) => `${now - agoSeconds * 1000}000000`;
  const of = (line: string, job = `kube-events-${line}`) => ({
    job,
    cluster: 'prod',
    namespace: 'shop',
    kind: 'Pod',
    reason: 'BackOff',
  });
  const metadata = { name: 'web-1', workload: 'web', count: '7', node: 'worker-1' };
  const body = {
    streams: [
      {
        stream: of('text'),
        values: [
          [at(60), 'Pod/web-1: the newest', metadata],
          [at(120), 'Pod/web-1: the one before', metadata],
        ],
      },
      {
        stream: { ...of('text'), reason: '__other__' },
        values: [[at(90), 'Pod/web-1: folded', { ...metadata, event_reason: 'MyReason' }]],
      },
      {
        stream: of('logfmt'),
        values: [
          [at(60), 'kind=Pod reason=BackOff name=web-1 workload=web count=7 msg="a \\"quoted\\" message"'],
        ],
      },
      {
        stream: of('json'),
        values: [[at(60), '{"kind":"Pod","name":"web-1","workload":"web","count":7,"msg":"in JSON"}']],
      },
      { stream: { job: 'payments', cluster: 'prod' }, values: [[at(30), 'card=4111']] },
    ],
  };
  const { status } = await fetch(`${loki.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(status, 204);
});

after(() => loki?.stop());

async function newest(...queries: readonly string[]) {
  const results: LookUpResult[] = [];
  const jobs = ['kube-events-text', 'kube-events-logfmt', 'kube-events-json'];
  const connection = { tenant: undefined, timeoutMs: 10_000 };
  const options = {
    url: loki.url,
    connection,
    jobs,
    clusterLabel: 'cluster',
    rangeSeconds: 3600,
    concurrency: 2,
    timeoutMs: 10_000,
  };
  const lookUp = new LookUp(options, result => results.push(result));
  try {
    return { entries: await lookUp.newest(queries), results };
  } finally {
    await lookUp.close();
  }
}

test('the newest entry is read as it is stored, in every format of the line', async () => {
  const { entries, results } = await newest(
    '{job="kube-events-text", cluster="prod", reason="BackOff"} | workload="web"',
    '{job="kube-events-logfmt"} | logfmt | workload="web"',
    '{job="kube-events-json"} | json | workload="web"',
    '{job="kube-events-text", reason=~"MyReason|__other__"} | event_reason=~"(?:MyReason)?"',
    '{job="kube-events-text"} | workload="another"',
  );
  assert.deepEqual(results.toSorted(), ['found', 'found', 'found', 'found', 'none']);
  const told = entries.map(
    entry => entry && [entry.kind, entry.name, entry.reason, entry.count, entry.message],
  );
  assert.deepEqual(told, [
    ['Pod', 'web-1', 'BackOff', '7', 'the newest'],
    ['Pod', 'web-1', 'BackOff', '7', 'a "quoted" message'],
    ['Pod', 'web-1', 'BackOff', '7', 'in JSON'],
    ['Pod', 'web-1', 'MyReason', '7', 'folded'],
    undefined,
  ]);
  assert.deepEqual(
    [entries[0]?.time, entries[0]?.node, entries[0]?.cluster],
    [now - 60_000, 'worker-1', 'prod'],
  );
});

test('no query gets at other streams', async () => {
  const queries = [
    '{job="payments"}',
    '{job="kube-events-text"} or {job="payments"}',
    '{job="kube-events-text", job="payments"}',
    '{job="kube-events-text" or job="payments"}',
    '{job="kube-events-text"} # "\n or {job="payments"} # "',
    '{job="kube-events-text"} | line_format "{job=\\"payments\\"}" | logfmt | card="4111"',
    '{job="kube-events-text"} | decolorize `{job="payments"}`',
    '{cluster="prod"} | job="kube-events-text"',
    '{job=~"kube-events-text|payments"}',
  ];
  const { entries } = await newest(...queries);
  for (const entry of entries) assert.ok(!entry?.message.includes('4111'));
  const { entries: direct } = await newest('{job="kube-events-text"} |= "card" or "Pod"');
  assert.equal(direct[0]?.message, 'the newest');
});
