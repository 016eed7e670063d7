import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { rulesConfigSchema } from './config.ts';
import { alertRulesFileSchema } from './grafana-schema.ts';
import { renderRules } from './render.ts';
import { grafana } from './targets/grafana.ts';
import { filesOf } from './targets/target.ts';

type Path = readonly (string | number)[];

const config = rulesConfigSchema.parse({ heartbeat: true });
const ours: unknown = parse([...filesOf(grafana, renderRules(config), config).values()].join());
const rule: Path = ['groups', 0, 'rules', 0];
const query: Path = [...rule, 'data', 0];
const reduce: Path = [...rule, 'data', 1];
const threshold: Path = [...rule, 'data', 2];
const evaluator: Path = [...threshold, 'model', 'conditions', 0, 'evaluator'];

/** Our file with another value at a path; without the key where there is none. */
function withValue(path: Path, value?: unknown): unknown {
  const file = structuredClone(ours);
  const parent = path.slice(0, -1).reduce((found, key) => {
    return (found as Record<string | number, unknown>)[key];
  }, file) as Record<string | number, unknown>;
  const key = path.at(-1) ?? '';
  if (value === undefined) delete parent[key];
  else parent[key] = value;
  return file;
}

function valueAt(path: Path): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string | number, unknown>)[key], ours);
}

test('our file is one of Grafana', () => {
  assert.deepEqual(alertRulesFileSchema.parse(ours), ours);
});

test('a field that Grafana has not is refused at every depth', () => {
  const sections: readonly Path[] = [
    [],
    ['groups', 0],
    rule,
    query,
    [...query, 'relativeTimeRange'],
    [...query, 'model'],
    [...query, 'model', 'datasource'],
    reduce,
    [...reduce, 'model'],
    [...threshold, 'model'],
    [...threshold, 'model', 'conditions', 0],
    evaluator,
  ];
  for (const section of sections) {
    const path = [...section, 'unheardOf'];
    assert.equal(alertRulesFileSchema.safeParse(withValue(path, 1)).success, false, path.join('.'));
  }
});

test('a field that Grafana needs is refused where it is missing', () => {
  const needed: readonly Path[] = [
    ['apiVersion'],
    ...['name', 'folder', 'interval', 'rules'].map(key => ['groups', 0, key]),
    ...['uid', 'title', 'condition', 'data', 'noDataState', 'execErrState', 'for'].map(key => [...rule, key]),
    ...['refId', 'datasourceUid', 'model', 'relativeTimeRange'].map(key => [...query, key]),
    ...['expr', 'refId', 'queryType', 'datasource'].map(key => [...query, 'model', key]),
    ...['type', 'expression', 'reducer', 'refId'].map(key => [...reduce, 'model', key]),
    ...['type', 'expression', 'conditions'].map(key => [...threshold, 'model', key]),
    ...['type', 'params'].map(key => [...evaluator, key]),
  ];
  for (const path of needed) {
    assert.notEqual(valueAt(path), undefined, path.join('.'));
    assert.equal(alertRulesFileSchema.safeParse(withValue(path)).success, false, path.join('.'));
  }
});

test('a value that Grafana refuses, or takes for something else, is refused', () => {
  const wrong: readonly (readonly [Path, unknown])[] = [
    [['apiVersion'], 2],
    [['groups', 0, 'interval'], '15s'],
    [['groups', 0, 'interval'], 60],
    [['groups', 0, 'name'], valueAt(['groups', 1, 'name'])],
    [['groups', 0, 'folder'], '$TEAM'],
    [['groups', 0, 'rules'], []],
    [[...rule, 'uid'], 'kube-events/warning'],
    [[...rule, 'uid'], 'a'.repeat(41)],
    [[...rule, 'uid'], valueAt(['groups', 1, 'rules', 0, 'uid'])],
    [[...rule, 'title'], valueAt(['groups', 1, 'rules', 0, 'title'])],
    [[...rule, 'title'], 'a'.repeat(191)],
    [[...rule, 'condition'], 'D'],
    [[...rule, 'condition'], 'A'],
    [[...rule, 'noDataState'], 'Ok'],
    [[...rule, 'noDataState'], 'Error'],
    [[...rule, 'execErrState'], 'NoData'],
    [[...rule, 'for'], '5 minutes'],
    [[...rule, 'missing_series_evals_to_resolve'], 0],
    [[...rule, 'panelId'], 9999],
    [[...rule, 'annotations', '__panelId__'], '9999'],
    [[...rule, 'annotations', '__dashboardUid__'], 'another'],
    [[...rule, 'annotations', 'summary'], `\${HOME}`],
    [[...rule, 'annotations', 'summary'], 7],
    [[...rule, 'labels', 'team'], '{{ $labels.team }}'],
    [[...rule, 'labels', '__alert_rule_uid__'], 'a'],
    [[...rule, 'isPaused'], 'no'],
    [[...query, 'refId'], 'B'],
    [[...query, 'queryType'], 'range'],
    [[...query, 'datasourceUid'], 'another'],
    [[...query, 'relativeTimeRange', 'from'], 0],
    [[...query, 'relativeTimeRange', 'from'], '600s'],
    [[...query, 'model', 'queryType'], 'range'],
    [[...query, 'model', 'expr'], ''],
    [[...reduce, 'model', 'reducer'], 'newest'],
    [[...reduce, 'model', 'expression'], 'C'],
    [[...reduce, 'datasourceUid'], '-100'],
    [[...threshold, 'model', 'expression'], 'C'],
    [[...threshold, 'model', 'conditions'], []],
    [[...evaluator, 'type'], '>='],
    [[...evaluator, 'type'], 'within_range'],
    [[...evaluator, 'params'], ['50']],
    [[...evaluator, 'params'], []],
  ];
  for (const [path, value] of wrong) {
    assert.notDeepEqual(valueAt(path), value);
    const { success } = alertRulesFileSchema.safeParse(withValue(path, value));
    assert.equal(success, false, `${path.join('.')}: ${JSON.stringify(value)}`);
  }
});
