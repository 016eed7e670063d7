import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { profileNames } from './profile.ts';
import { formatDashboard, renderDashboards } from './render.ts';
import type { DashboardJson } from './rules/dashboard-json.ts';
import { schemaPackage, typeErrors } from './rules/schema-types.ts';

const schema = schemaPackage();

function dashboards(): DashboardJson[] {
  return profileNames.flatMap(profile =>
    Array.from(renderDashboards({ profile }).values(), dashboard => read(formatDashboard(dashboard))),
  );
}

function read(text: string): DashboardJson {
  return JSON.parse(text) as DashboardJson;
}

describe("Grafana's own types", () => {
  test('take every dashboard of every profile', () => {
    assert.equal(typeErrors(schema, dashboards()), '');
  });

  const faults: readonly [name: string, spoil: (dashboard: DashboardJson) => void][] = [
    ['a key that is not known', dashboard => Object.assign(dashboard, { refreshInterval: '1m' })],
    ['a value that an enum lacks', ({ links }) => Object.assign(links[0] ?? {}, { type: 'menu' })],
    ['a text for a number', ({ panels }) => Object.assign(panels[0] ?? {}, { id: '1' })],
    [
      "an option that its panel doesn't have",
      ({ panels }) => Object.assign(panels.find(({ type }) => type === 'stat')?.options ?? {}, { colour: 1 }),
    ],
    [
      'a field option of another panel',
      ({ panels }) => {
        const graph = panels.find(({ type }) => type === 'timeseries');
        Object.assign(graph?.fieldConfig?.defaults ?? {}, { custom: { drawStyle: 'pie' } });
      },
    ],
  ];

  for (const [name, spoil] of faults) {
    test(`refuse ${name}`, () => {
      const [dashboard] = dashboards();
      assert.ok(dashboard);
      spoil(dashboard);
      assert.match(typeErrors(schema, [dashboard]), /error TS/);
    });
  }
});
