import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelKind } from '@grafana/grafana-foundation-sdk/dashboardv2';
import { profileNames } from '../profile.ts';
import { formatDashboard, renderDashboards } from '../render.ts';
import { type DashboardResource, v2 } from './v2.ts';

const options = { folder: '', namespace: '', instance: '', path: '' };

/** Each dashboard of each profile, as it is in v1 and as it becomes. */
const pairs = profileNames.flatMap(profile => {
  const dashboards = renderDashboards({ profile });
  const files = v2.files(dashboards, options);
  return Array.from(dashboards, ([name, dashboard]) => ({
    name: `${profile}/${name}`,
    before: JSON.parse(formatDashboard(dashboard)) as Dashboard,
    after: JSON.parse(files.get(`${name}.json`) ?? '') as DashboardResource,
  }));
});

function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.flatMap(panel => (isRow(panel) ? panel.panels : [panel]));
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

test('is a resource named for the uid', () => {
  for (const { before, after } of pairs) {
    assert.equal(after.apiVersion, 'dashboard.grafana.app/v2');
    assert.equal(after.kind, 'Dashboard');
    assert.deepEqual(after.metadata, { name: before.uid });
  }
});

test('its folder and namespace are those of Grafana', () => {
  const files = v2.files(renderDashboards({ profile: 'default' }), {
    ...options,
    folder: 'fxjtxj',
    namespace: 'stacks-1',
  });
  const { metadata } = JSON.parse(files.get('overview.json') ?? '') as DashboardResource;
  assert.equal(metadata.namespace, 'stacks-1');
  assert.deepEqual(metadata.annotations, { 'grafana.app/folder': 'fxjtxj' });
});

for (const { name, before, after } of pairs) {
  const { spec } = after;
  const kindOf = (id: number | undefined) => spec.elements[`panel-${id}`] as PanelKind;

  describe(`v2 of ${name}`, () => {
    test('has every panel once in the layout, at its place below its row', () => {
      assert.equal(spec.layout.kind, 'RowsLayout');
      assert.ok('rows' in spec.layout.spec);
      const placed = spec.layout.spec.rows.map(({ spec: row }) => {
        assert.ok('items' in row.layout.spec);
        return {
          title: row.title,
          items: row.layout.spec.items.map(item => {
            assert.equal(item.kind, 'GridLayoutItem');
            const { x, y, width, height, element } = item.spec;
            return [element.name, x, y, width, height];
          }),
        };
      });
      const rows: { title: string; y: number; items: unknown[][] }[] = [];
      for (const panel of before.panels ?? []) {
        if (isRow(panel)) rows.push({ title: panel.title ?? '', y: panel.gridPos?.y ?? 0, items: [] });
        for (const { id, gridPos } of isRow(panel) ? panel.panels : [panel]) {
          const row = rows.at(-1) ?? assert.fail();
          row.items.push([`panel-${id}`, gridPos?.x, (gridPos?.y ?? 0) - row.y - 1, gridPos?.w, gridPos?.h]);
        }
      }
      assert.deepEqual(
        placed,
        rows.map(({ title, items }) => ({ title, items })),
      );
      const elements = placed.flatMap(({ items }) => items.map(([element]) => element));
      assert.deepEqual(Object.keys(spec.elements).toSorted(), elements.toSorted());
      assert.ok(placed.flatMap(({ items }) => items).every(([, x, y]) => Number(x) >= 0 && Number(y) >= 0));
    });

    test('panels keep what they show', () => {
      for (const panel of panelsOf(before)) {
        const { spec: after } = kindOf(panel.id);
        const { group, spec: viz } = after.vizConfig;
        assert.deepEqual(
          [after.id, after.title, after.description, group],
          [panel.id, panel.title, panel.description, panel.type],
        );
        assert.deepEqual(viz.options, panel.options);
        assert.deepEqual(viz.fieldConfig, panel.fieldConfig);
        assert.deepEqual(
          after.links.map(({ title, url }) => [title, url]),
          (panel.links ?? []).map(({ title, url }) => [title, url]),
        );
        assert.deepEqual(
          after.data.spec.transformations.map(({ kind, group: id, spec: rest }) => [kind, { id, ...rest }]),
          (panel.transformations ?? []).map(transformation => ['Transformation', transformation]),
        );
      }
    });

    test('nothing of a panel is dropped unseen', () => {
      const converted = [
        ...['id', 'type', 'title', 'description', 'transparent', 'datasource', 'gridPos', 'links', 'targets'],
        ...['transformations', 'options', 'fieldConfig', 'pluginVersion', 'interval', 'maxDataPoints'],
        ...['timeFrom', 'timeShift', 'hideTimeOverride'],
        // Says nothing where nothing repeats.
        'repeatDirection',
      ];
      const keys = new Set(panelsOf(before).flatMap(panel => Object.keys(panel)));
      assert.deepEqual(
        [...keys].filter(key => !converted.includes(key)),
        [],
      );
    });

    test('queries keep their text and their data source', () => {
      for (const panel of panelsOf(before)) {
        const queries = kindOf(panel.id).spec.data.spec.queries.map(({ spec: { query, refId } }) => {
          assert.equal(query.kind, 'DataQuery');
          assert.equal(query.version, 'v0');
          return { ...query.spec, refId, datasource: { type: query.group, uid: query.datasource?.name } };
        });
        assert.deepEqual(queries, panel.targets ?? []);
      }
    });

    test('variables keep their order, values and queries', () => {
      const types: Readonly<Record<string, string>> = {
        DatasourceVariable: 'datasource',
        QueryVariable: 'query',
        CustomVariable: 'custom',
        TextVariable: 'textbox',
        ConstantVariable: 'constant',
      };
      const list = before.templating.list ?? [];
      assert.deepEqual(
        spec.variables.map(({ kind, spec: { name } }) => [types[kind], name]),
        list.map(({ type, name }) => [type, name]),
      );
      for (const [index, variable] of spec.variables.entries()) {
        const { query, current, sort, refresh, allValue, multi, definition } = list[index] ?? assert.fail();
        assert.ok('current' in variable.spec);
        assert.deepEqual(variable.spec.current, { text: '', value: '', ...current });
        if (variable.kind === 'QueryVariable') {
          assert.deepEqual(variable.spec.query.spec, query);
          assert.equal(variable.spec.refresh, refresh === 2 ? 'onTimeRangeChanged' : 'unexpected');
          assert.equal(variable.spec.sort, sort === 5 ? 'alphabeticalCaseInsensitiveAsc' : 'unexpected');
          assert.deepEqual(
            [variable.spec.allValue, variable.spec.multi, variable.spec.definition],
            [allValue, multi, definition],
          );
        } else if (variable.kind === 'DatasourceVariable') assert.equal(variable.spec.pluginId, query);
        else if (variable.kind === 'TextVariable') assert.equal(variable.spec.query, query ?? '');
      }
    });

    test('annotations keep what Loki reads', () => {
      const annotations = spec.annotations.map(({ kind, spec: { query, legacyOptions, ...rest } }) => {
        assert.equal(kind, 'AnnotationQuery');
        assert.equal(rest.hide, false);
        const datasource = { type: query.group, uid: query.datasource?.name };
        return {
          name: rest.name,
          enable: rest.enable,
          iconColor: rest.iconColor,
          datasource,
          ...legacyOptions,
        };
      });
      assert.deepEqual(annotations, before.annotations.list);
    });

    test('nothing of the dashboard is dropped unseen', () => {
      const converted = [
        ...[
          'title',
          'description',
          'tags',
          'editable',
          'graphTooltip',
          'time',
          'timezone',
          'refresh',
          'links',
        ],
        ...['annotations', 'templating', 'panels', 'fiscalYearStartMonth', 'preload', 'uid'],
        // The version of a schema that this isn't.
        'schemaVersion',
      ];
      assert.deepEqual(
        Object.keys(before).filter(key => !converted.includes(key)),
        [],
      );
    });

    test('the rest of the dashboard stays', () => {
      assert.deepEqual(
        [spec.title, spec.description, spec.tags],
        [before.title, before.description, before.tags],
      );
      assert.deepEqual([spec.editable, spec.cursorSync], [false, 'Crosshair']);
      const { from, to, autoRefresh, timezone } = spec.timeSettings;
      assert.deepEqual({ from, to }, before.time);
      assert.deepEqual([autoRefresh, timezone], [before.refresh, before.timezone]);
      assert.deepEqual(spec.links, before.links);
    });
  });
}

test('what cannot be converted is refused', () => {
  const overview = renderDashboards({ profile: 'default' }).get('overview') ?? assert.fail();
  const [row, panel] = overview.panels as [RowPanel, Panel];
  const refused: readonly [RegExp, Partial<Dashboard>][] = [
    [/stands in no row/, { panels: [panel] }],
    [/repeats or is of a library/, { panels: [row, { ...panel, repeat: 'namespace' }] }],
    [/without a data source/, { annotations: { list: [{ name: 'A', enable: true, iconColor: 'red' }] } }],
    [/has no uid/, { uid: undefined as unknown as string }],
  ];
  for (const [message, change] of refused) {
    assert.throws(() => v2.files(new Map([['overview', { ...overview, ...change }]]), options), message);
  }
});
