import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DashboardJson, panelsOf } from './dashboard-json.ts';

/** Where `@grafana/schema` describes the options of a panel, and those of its fields. */
const panelTypes: Readonly<Record<string, { module: string; fields?: boolean }>> = {
  stat: { module: 'stat/panelcfg/x/StatPanelCfg_types.gen' },
  table: { module: 'table/panelcfg/x/TablePanelCfg_types.gen' },
  timeseries: { module: 'timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen', fields: true },
  logs: { module: 'logs/panelcfg/x/LogsPanelCfg_types.gen' },
  'state-timeline': { module: 'statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen', fields: true },
};

/**
 * JSON for a type of Grafana's: a member of an enum is its text, and a number may be null, as JSON has an infinite one.
 */
const plain = `type Plain<T> = unknown extends T ? T
  : T extends string ? \`\${T}\`
  : T extends number ? T | null
  : T extends object ? { [K in keyof T]: Plain<T[K]> }
  : T;
`;

/** The folder of the package `@grafana/schema`. */
export function schemaPackage(): string {
  return dirname(fileURLToPath(import.meta.resolve('@grafana/schema/package.json')));
}

/**
 * Assigns dashboards, written as literals, to Grafana's own types.
 * @returns what the compiler says; nothing where all is right
 */
export function typeErrors(schema: string, dashboards: readonly DashboardJson[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'kube-events-schema-'));
  try {
    mkdirSync(join(folder, 'node_modules', '@grafana'), { recursive: true });
    symlinkSync(schema, join(folder, 'node_modules', '@grafana', 'schema'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    dashboards.forEach((dashboard, index) => {
      writeFileSync(join(folder, `dashboard${index}.ts`), sourceOf(dashboard));
    });
    const options = { strict: true, noEmit: true, module: 'nodenext', skipLibCheck: true, types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
    execFileSync(process.execPath, [compiler(), '--pretty', 'false', '-p', folder], { encoding: 'utf8' });
    return '';
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compiler(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');
}

/**
 * What is there besides what Grafana's types know, and does no harm: the builders give every variable the fields of one for
 * intervals, and tables a footer, which they have lost since; an annotation has its data source's own fields.
 */
const besides: Readonly<Record<string, readonly string[]>> = {
  variable: ['auto', 'auto_min', 'auto_count', 'definition'],
  annotation: ['expr', 'titleFormat', 'textFormat', 'tagKeys', 'maxLines', 'instant'],
  options: ['footer'],
};

function without<Part extends object>(part: Part, kind: string): Part {
  const kept = Object.entries(part).filter(([key]) => !besides[kind]?.includes(key));
  return Object.fromEntries(kept) as Part;
}

function known(dashboard: DashboardJson): DashboardJson {
  const { templating, annotations } = dashboard;
  return {
    ...dashboard,
    templating: { ...templating, list: templating.list.map(variable => without(variable, 'variable')) },
    annotations: {
      ...annotations,
      list: (annotations?.list ?? []).map(annotation => without(annotation, 'annotation')),
    },
  };
}

function sourceOf(dashboard: DashboardJson): string {
  const lines = [
    "import type { Dashboard } from '@grafana/schema';",
    ...Object.values(panelTypes).map(
      ({ module }, index) =>
        `import type * as Panel${index} from '@grafana/schema/dist/esm/raw/composable/${module}';`,
    ),
    plain,
    `export const dashboard: Plain<Dashboard> = ${JSON.stringify(known(dashboard))};`,
  ];
  const types = Object.keys(panelTypes);
  for (const { id, type, options, fieldConfig } of panelsOf(dashboard)) {
    const index = types.indexOf(type);
    if (index < 0) continue;
    lines.push(
      `export const options${id}: Plain<Partial<Panel${index}.Options>> = ${JSON.stringify(without(options ?? {}, 'options'))};`,
    );
    const custom = (fieldConfig?.defaults as { custom?: unknown } | undefined)?.custom;
    if (custom === undefined || !panelTypes[type]?.fields) continue;
    lines.push(
      `export const fields${id}: Plain<Partial<Panel${index}.FieldConfig>> = ${JSON.stringify(custom)};`,
    );
  }
  return lines.join('\n');
}
