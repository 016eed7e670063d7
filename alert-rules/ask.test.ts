import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProfileName, profileNames, profiles } from '../dashboards/profile.ts';
import { nodesOf } from '../dashboards/rules/query-text.ts';
import { Ask, type AskOptions, type Selection } from './ask.ts';

function askOf(profile: ProfileName = 'default', over: Partial<AskOptions> = {}): Ask {
  return new Ask({
    profile: profiles[profile],
    job: profiles[profile].job,
    clusterLabel: 'cluster',
    ...over,
  });
}

function isLogQl(query: string): boolean {
  return nodesOf(query, 'logql').every(({ name }) => name !== '⚠');
}

const backOff: Selection = { reasons: ['BackOff'], kinds: ['Pod'], texts: ['failed (again)', 'a|b'] };

describe('LogQL of a selection', () => {
  test('finds what the cardinality budget has folded', () => {
    assert.equal(
      askOf().entries({ reasons: ['A', 'B'], kinds: ['Pod'] }),
      '{job="kube-events", reason=~"A|B|__other__", kind=~"Pod|__other__"}' +
        ' | event_reason=~"(?:A|B)?" | event_kind=~"(?:Pod)?" | baseline!="unknown"',
    );
  });

  test('leaves out what nobody knows to be new only where it counts', () => {
    assert.match(askOf().entries({}), /\| baseline!="unknown"$/);
    assert.doesNotMatch(askOf().entriesOf({}, new Map()), /baseline/);
    assert.doesNotMatch(askOf().last({}, ['node'], '1h'), /baseline/);
  });

  test('takes a text for a text', () => {
    assert.match(askOf().entries(backOff), /\} \|~ `failed \\\(again\\\)\|a\\\|b` \|/);
    assert.match(
      askOf().entries({ ...backOff, without: 'Cancelling' }),
      /\|~ `[^`]+` != `Cancelling` \| event_/,
    );
  });

  test('asks of the type by its label alone, which never folds', () => {
    assert.match(askOf().entries({ type: 'Warning' }), /^\{job="kube-events", type="Warning"\} \| baseline/);
  });

  test('pins the labels of an alert to strings that are put in later', () => {
    const pinned = new Map([
      ['cluster', '"a"'],
      ['workload', '"web"'],
    ] as const);
    assert.equal(
      askOf('default', { clusterLabel: 'k8s' }).entriesOf({ reasons: ['A'] }, pinned),
      '{job="kube-events", reason=~"A|__other__", k8s="a"} | event_reason=~"(?:A)?" | workload="web"',
    );
  });

  test('reads fields from the line where they are no labels', () => {
    assert.equal(
      askOf('alloy').entries({ reasons: ['A'], kinds: ['Pod'], type: 'Warning' }),
      '{job="loki.source.kubernetes_events"} | logfmt | label_format node=sourcehost, component=sourcecomponent' +
        ' | reason=~"A" | kind=~"Pod" | type=~"Warning"',
    );
    assert.match(
      askOf('k8s-monitoring').entries({ reasons: ['A', 'B'] }),
      /^\{job="integrations\/kubernetes\/eventhandler", reason=~"A\|B"\} \| logfmt/,
    );
    assert.match(askOf('k8s-monitoring').entries({ reasons: ['A'] }), /, reason="A"\}/);
  });

  test('carries the matchers of the configuration into every selector', () => {
    const ask = askOf('default', { selector: 'environment="prod"' });
    for (const query of [ask.entries({}), ask.entriesOf({}, new Map()), ask.heartbeats()])
      assert.match(query, /^\{job="[^"]+", environment="prod"[,}]/);
  });
});

describe('LogQL of a value', () => {
  test('sums occurrences where the data has them, and counts lines where not', () => {
    assert.equal(
      askOf().occurrences({ type: 'Warning' }, ['namespace'], '5m'),
      'sum by (namespace) (sum_over_time({job="kube-events", type="Warning"} | baseline!="unknown" | unwrap occurrences [5m]))',
    );
    assert.match(askOf('alloy').occurrences({}, [], '5m'), /^sum\(count_over_time\(\{[^}]*\} .*\[5m\]\)\)$/);
    assert.match(askOf().rate({}, [], '5m'), /^sum\(rate\(.* \| unwrap occurrences \[5m\]\)\)$/);
    assert.doesNotMatch(askOf('alloy').rate({}, [], '5m'), /unwrap/);
    assert.doesNotMatch(askOf().lines({}, [], '5m'), /unwrap/);
  });

  test('puts an offset before the pipeline, whatever is between the quotes of the selector', () => {
    const ask = askOf('default', { selector: 'team="a}b\\"}"' });
    assert.equal(
      ask.occurrences({}, [], '5m', '10m'),
      'sum(sum_over_time({job="kube-events", team="a}b\\"}"} [5m] offset 10m | baseline!="unknown" | unwrap occurrences))',
    );
  });

  test('knows when something was said last, and first', () => {
    const [last, first] = [askOf().last(backOff, ['node'], '1h'), askOf().first(backOff, ['node'], '1h')];
    assert.match(last, /^max_over_time\(.* \| unwrap seen \[1h\]\) by \(node\)$/);
    assert.equal(first, last.replace('max_over_time', 'min_over_time'));
  });

  test('is LogQL in every profile', () => {
    for (const profile of profileNames) {
      const ask = askOf(profile, { selector: 'environment="prod"' });
      for (const query of [
        ask.entries(backOff),
        ask.occurrences(backOff, ['namespace'], '5m', '10m'),
        ask.rate(backOff, [], '5m'),
        ask.lines({ ...backOff, without: 'x' }, ['namespace'], '5m'),
        ask.last(backOff, ['node'], '1h'),
        ask.heartbeats(),
      ])
        assert.ok(isLogQl(query), query);
    }
  });
});
