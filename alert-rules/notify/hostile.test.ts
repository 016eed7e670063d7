import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertmanagerPayload, crashLoop } from '../../test/fakes/alert-payload.ts';
import { bodyOf, english, entry, grafana, message } from '../../test/fakes/composed-message.ts';

/** What somebody might have in an event's message, a pod's label, or anything else that ends up in an alert. */
const texts = [
  '[Runbook](https://evil.example/) <https://evil.example|Runbook>',
  '<at id=all></at> <at user_id="all">x</at> <@all> <@U1> <!channel> <!here> @all @所有人 @13900000000',
  '</font><font color="info">Resolved</font> **bold** `code` ![x](https://evil.example/a.png)',
  '&#60;at id=all&#62; &lt;!channel&gt; \n\n# heading\n\n[x]: https://evil.example \\',
];

type Service = 'dingtalk' | 'feishu' | 'wecom' | 'slack';

/** A group and a single alert with a text wherever one can be, as a service is sent them. */
function bodiesOf(type: Service, text: string) {
  const alerts = ['web', 'db'].map(workload =>
    crashLoop({
      labels: { workload: `${workload} ${text}`, namespace: text, severity: text, team: text, [text]: text },
      annotations: {
        summary: text,
        description: text,
        logql: text,
        runbook_url: `https://docs.example.com/${text}`,
      },
    }),
  );
  const evil = {
    ...entry,
    name: text,
    namespace: text,
    message: text,
    reason: text,
    count: text,
    node: text,
  };
  return [alerts, alerts.slice(0, 1)].map(some => {
    const told = message(alertmanagerPayload(some), { ...english, grafana }, [evil, evil]);
    return bodyOf(type, told, { mentions: true, receiver: { at: { ids: ['boss'] } } }) as object;
  });
}

/** What is not plain text in a body: the key `text` or `content` of Markdown. */
function markdownIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || ('tag' in value && value.tag === 'plain_text'))
    return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && (key === 'text' || key === 'content') ? [inner] : markdownIn(inner),
  );
}

function assertOurs(urls: readonly string[]): void {
  assert.ok(urls.length > 0);
  for (const url of urls) assert.match(new URL(url).host, /^(?:docs|grafana)\.example\.com$/, url);
}

test('Markdown: links lead where ours do, and tags are ours', () => {
  for (const [type, tags] of [
    ['dingtalk', /^<\/?font(?: color=#F79009)?>$/],
    ['wecom', /^(?:<\/font>|<font color="warning">|<@boss>)$/],
    ['feishu', /^(?:<at id=boss>|<\/at>)$/],
  ] as const) {
    const bodies = texts.flatMap(text => bodiesOf(type, text)).flatMap(markdownIn);
    assertOurs(bodies.flatMap(body => Array.from(body.matchAll(/\]\(([^)]*)\)/g), ([, url = '']) => url)));
    for (const body of bodies) {
      for (const [tag] of body.matchAll(/<[^>]*>?/g)) assert.match(tag, tags, type);
      assert.doesNotMatch(body, /!\[|^\[x\]:|^# |`/m, type);
    }
  }
});

test('DingTalk is told to mention whom the configuration names, and nobody else', () => {
  for (const body of texts.flatMap(text => bodiesOf('dingtalk', text))) {
    assert.deepEqual((body as { at: unknown }).at, { atMobiles: [], atUserIds: ['boss'], isAtAll: false });
  }
});

test('Slack: every tag is a link of ours, or whom the configuration names', () => {
  const tags = texts
    .flatMap(text => bodiesOf('slack', text))
    .flatMap(markdownIn)
    .flatMap(text => text.match(/<[^>]*>?/g) ?? [])
    .filter(tag => tag !== '<@boss>');
  assertOurs(
    tags.map(tag => /^<(.*)\|(?:Timeline|Explore|Runbook)>$/.exec(tag)?.[1] ?? `https://no-link/${tag}`),
  );
});
