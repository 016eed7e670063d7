import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ruleGroups } from '../../alert-rules/catalogue.ts';
import { until } from '../chaos/until.ts';
import type { DingTalkRobot } from '../fakes/dingtalk.ts';
import type { FeishuRobot } from '../fakes/feishu.ts';
import type { WeComRobot } from '../fakes/wecom.ts';
import { skipWithout } from '../servers/require.ts';
import { type Card, expectedCard, readCard } from './card.ts';
import { type AlertCase, clusterOf, type ExpectedAlert, type Happening } from './case.ts';
import { cases } from './cases.ts';
import { type Chain, grafana, runbooks, startChain } from './chain.ts';
import { lineOf } from './counted.ts';
import type { Incident } from './incident.ts';
import { push } from './push.ts';
import { type Storm, StormyCluster } from './storm.ts';

const skip = await skipWithout('loki', 'alertmanager');

/** The first case of each rule that fires and resolves, and its alert. */
const played = ruleGroups
  .flatMap(group => group.rules)
  .flatMap(({ name }) => {
    const what = cases.find(
      ({ rule, alerts }) =>
        rule === name && alertOf(rule, alerts)?.resolves !== false && alertOf(rule, alerts),
    );
    const alert = what && alertOf(name, what.alerts);
    return what === undefined || alert === undefined ? [] : [{ what, alert }];
  });

function alertOf(rule: string, alerts: readonly ExpectedAlert[]): ExpectedAlert | undefined {
  return alerts.find(alert => alert.rule === rule);
}

const pods = Array.from({ length: 40 }, (_, index) => `app${index}-7c9d8b6f5-x2x4z`);
/** 125 of each pod. */
const warnings = 5000;
/** Seconds that a storm is in its window: their group waits for ten of them. */
const storming = 45;
const stormCluster = 'stormy';

const crashes: Storm = {
  incident: {
    namespace: 'storm-crash',
    kind: 'Pod',
    reason: 'BackOff',
    message: 'Back-off restarting failed container app',
    type: 'Warning',
    component: 'kubelet',
    node: 'node-1',
    container: 'app',
  },
  pods,
  times: warnings / pods.length,
  secondsAgo: 30 * 60 - storming,
};
/** A reason that no other rule is about. */
const sandboxes: Storm = {
  incident: {
    namespace: 'storm-sandbox',
    kind: 'Pod',
    reason: 'FailedCreatePodSandBox',
    message: 'Failed to create pod sandbox: plugin type="bridge" failed (add): no addresses left',
    type: 'Warning',
    component: 'kubelet',
    node: 'node-1',
  },
  pods,
  times: warnings / pods.length,
  secondsAgo: 15 * 60 - storming,
};

describe('messages, from an event to a chat', { skip, timeout: 300_000 }, () => {
  let chain: Chain;
  let start: number;

  before(async () => {
    chain = await startChain();
    await using stormy = await StormyCluster.start(stormCluster, chain.ruler.url);
    await until('Loki is silent', 30, () =>
      titles(cardsOf(chain.wecom)).includes('Critical: No cluster sends Kubernetes events'),
    );
    start = Date.now();
    stormy.break(crashes, start);
    stormy.break(sandboxes, start);
    const happening = new Map<string, Happening>(played.map(({ what }) => [clusterOf(what), what]));
    await push(chain.ruler.url, happening.set('well', { heartbeats: [[0, 1]] }), start);
    await stormy.delivered(2 * warnings);
    const told = (status: 'firing' | 'resolved') => {
      const cards = Object.values(chain.feishu).flatMap(cardsOf);
      return played.every(({ what, alert }) =>
        cards.some(card => card.title === titleOf(alert, status) && isOf(card, what)),
      );
    };
    // What is missing fails in its own test.
    await until('all have fired', 40, () => told('firing')).catch(() => {});
    await push(chain.ruler.url, new Map(played.map(({ what }) => [clusterOf(what), what.later ?? {}])));
    await until('all have resolved', 60, () => told('resolved')).catch(() => {});
    await until('the storms are over', 60, () => {
      return titles(cardsOf(chain.storms)).filter(title => title.startsWith('Resolved')).length === 2;
    }).catch(() => {});
  });
  after(async () => {
    await chain?.[Symbol.asyncDispose]();
  });

  for (const { what, alert } of played) {
    test(`${what.rule}, fired and resolved, in Feishu`, () => {
      const cards = cardsOf(chain.feishu[alert.severity]).filter(
        card => isOf(card, what) && card.title.endsWith(alert.summary),
      );
      assertCards(cards, what, alert, start);
    });
  }

  for (const severity of ['critical', 'info'] as const) {
    const service = severity === 'critical' ? 'WeCom' : 'DingTalk';
    for (const { what, alert } of played.filter(one => one.alert.severity === severity)) {
      test(`${what.rule}, fired and resolved, in ${service}`, () => {
        const robot = severity === 'critical' ? chain.wecom : chain.dingtalk;
        const cards = cardsOf(robot).filter(card => isOf(card, what) && card.title.endsWith(alert.summary));
        assertCards(cards, what, alert, start);
      });
    }
  }

  test('PipelineSilent, fired and resolved', () => {
    for (const robot of [chain.wecom, chain.feishu.critical]) {
      const cards = cardsOf(robot).filter(({ title }) =>
        title.endsWith('No cluster sends Kubernetes events'),
      );
      assert.deepEqual(titles(cards), [
        'Critical: No cluster sends Kubernetes events',
        'Resolved: No cluster sends Kubernetes events',
      ]);
      for (const { lines } of cards) {
        assert.equal(
          lines[0],
          'Loki has got no heartbeat of any exporter for 15m: no events come either, and no alert on them fires.',
        );
        assert.match(lines[1] ?? '', /^Time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
        assert.equal(lines.length, 2);
      }
    }
  });

  test('Watchdog goes its own way, and goes on', () => {
    const cards = cardsOf(chain.dingtalk).filter(({ title }) =>
      title.endsWith('Alerts on Kubernetes events arrive'),
    );
    assert.ok(cards.length > 0);
    for (const { title, lines } of cards) {
      assert.equal(title, 'Info: Alerts on Kubernetes events arrive');
      assert.equal(lines[0], 'This alert fires always. When it stops, no alert on events would reach you.');
    }
  });

  test('every rule has its message', () => {
    const told = new Set(played.map(({ what }) => what.rule));
    const rules = ruleGroups.flatMap(group => group.rules).map(({ name }) => name);
    assert.deepEqual(
      rules.filter(name => !told.has(name)),
      ['PipelineSilent', 'Watchdog'],
    );
  });

  test('a storm of 5,000 Warnings over 40 pods is one message and its resolution', () => {
    const [crash, spike] = ['CrashLoop, 40 alerts', 'Warning spike in storm-sandbox'];
    const cards = cardsOf(chain.storms);
    assert.deepEqual(titles(cards).sort(), [
      `Resolved: ${crash}`,
      `Resolved: ${spike}`,
      `Warning: ${crash}`,
      `Warning: ${spike}`,
    ]);
    const [fired, resolved] = cards.filter(({ title }) => title.endsWith(crash));
    const first = fired?.lines.filter(line => line.endsWith('is crash-looping'));
    assert.equal(first?.length, 10);
    for (const line of first) assert.match(line, /^storm-crash\/app\d+ is crash-looping$/);
    assert.ok(fired?.lines.includes('and 30 more'));
    assert.ok(resolved?.lines.includes('and 30 more'));
    // The ruler tells a value when the alert begins, and at its end the last one.
    const spikes = cards.filter(({ title }) => title.endsWith(spike)).map(({ lines }) => lines[0]);
    assert.match(spikes[0] ?? '', /^\d{3,4} Warning events in namespace storm-sandbox within 15m, /);
    assert.match(spikes[1] ?? '', /^5000 Warning events in namespace storm-sandbox within 15m, /);
  });
});

function titleOf({ summary, severity }: ExpectedAlert, status: 'firing' | 'resolved'): string {
  const level = { critical: 'Critical', warning: 'Warning', info: 'Info' }[severity];
  return `${status === 'firing' ? level : 'Resolved'}: ${summary}`;
}

function titles(cards: readonly Card[]): string[] {
  return cards.map(({ title }) => title);
}

function isOf(card: Card, what: AlertCase): boolean {
  return card.lines.includes(`Cluster: ${clusterOf(what)}`);
}

/** What a chat shows, in its order. */
function cardsOf(robot: FeishuRobot | WeComRobot | DingTalkRobot): Card[] {
  return robot.messages.map(message => {
    if ('card' in message) {
      const { header, elements } = message.card;
      const texts = elements.flatMap(element => ('text' in element ? [element.text.content] : []));
      return readCard(header.title.content, texts.join('\n'));
    }
    if (!('markdown' in message)) throw new Error('an action card was not asked for');
    const text = 'text' in message.markdown ? message.markdown.text : message.markdown.content;
    const [, title = '', rest = ''] =
      /^### (?:<font color=[^>]+>)?(.*?)(?:<\/font>)?\n\n(.*)$/s.exec(text) ?? [];
    return readCard(title, rest);
  });
}

function assertCards(cards: readonly Card[], what: AlertCase, alert: ExpectedAlert, start: number): void {
  assert.deepEqual(titles(cards), [titleOf(alert, 'firing'), titleOf(alert, 'resolved')]);
  const incident = what.events?.find(event => lineOf(event) === alert.newest);
  for (const [index, card] of cards.entries()) {
    const status = index === 0 ? 'firing' : 'resolved';
    assert.equal(card.links.get('Runbook'), `${runbooks}/${alert.rule}.md`);
    if (incident === undefined) {
      assert.deepEqual(card.lines.slice(0, 2), [alert.description, `Cluster: ${clusterOf(what)}`]);
      continue;
    }
    const { title, lines } = expectedCard(what, alert, incident, status, start);
    assert.deepEqual({ title: card.title, lines: card.lines }, { title, lines });
    assertLinks(card, what, incident);
  }
}

/** What Explore shows. */
type Panes = Readonly<Record<string, { readonly queries: readonly { readonly expr: string }[] }>>;

function assertLinks({ links }: Card, what: AlertCase, { kind, name }: Incident): void {
  const timeline = new URL(links.get('Timeline') ?? '');
  assert.equal(timeline.origin, grafana);
  assert.equal(timeline.searchParams.get('var-cluster'), clusterOf(what));
  assert.equal(timeline.searchParams.get('var-kind'), kind);
  assert.equal(timeline.searchParams.get('var-name'), name);
  const panes = JSON.parse(new URL(links.get('Explore') ?? '').searchParams.get('panes') ?? '') as Panes;
  const [pane] = Object.values(panes);
  assert.match(pane?.queries[0]?.expr ?? '', new RegExp(`cluster="${clusterOf(what)}"`));
}
