/**
 * Writes what of the chart and of the kustomize overlays follows from the rest: the schema and the README of the chart's
 * values, its version and the image's tag, copies of dashboards and rules. `--check` writes nothing and fails where a file
 * is out of step.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { version } from '../exporter/version.ts';
import { chartReadme } from './helm/readme.ts';
import { valuesJsonSchema } from './helm/values-schema.ts';

const root = new URL('../', import.meta.url);
const chart = 'deploy/helm/kube-events-loki';
const exporter = 'deploy/kustomize/exporter';
const monitoring = 'deploy/kustomize/components/monitoring';

const dashboards = readdirSync(new URL('dashboards/out/', root)).filter(name => name.endsWith('.json'));
/** Folders where nothing is but what is written here. */
const generated = [`${chart}/files/dashboards`, `${monitoring}/dashboards`];

const files = new Map<string, string>([
  [`${chart}/Chart.yaml`, versioned(`${chart}/Chart.yaml`, /^((?:version|appVersion): )(.*)$/gm)],
  [`${chart}/values.schema.json`, valuesJsonSchema()],
  [`${chart}/README.md`, chartReadme(read(`${chart}/values.yaml`))],
  [`${chart}/files/loki-rules.yaml`, read('alert-rules/out/ruler/kube-events.yaml')],
  [`${chart}/files/prometheus-rules.yaml`, read('alert-rules/out/prometheus/kube-events-exporter.yaml')],
  [`${exporter}/kustomization.yaml`, versioned(`${exporter}/kustomization.yaml`, /^(\s*newTag: )(.*)$/gm)],
  [`${monitoring}/loki-rules.yaml`, read('alert-rules/out/ruler/kube-events.yaml')],
  [`${monitoring}/prometheus-rule.yaml`, read('alert-rules/out/prometheus-operator/prometheus-rule.yaml')],
  ...generated.flatMap(folder =>
    dashboards.map((name): [string, string] => [`${folder}/${name}`, read(`dashboards/out/${name}`)]),
  ),
]);

const check = process.argv.includes('--check');
const changed = [...files].filter(([name, text]) => readIfThere(name) !== text);
const stale = generated.flatMap(folder => namesIn(folder)).filter(name => !files.has(name));
if (!check) {
  for (const name of stale) rmSync(new URL(name, root));
  for (const [name, text] of changed) {
    mkdirSync(new URL(`${dirname(name)}/`, root), { recursive: true });
    writeFileSync(new URL(name, root), text);
  }
} else if (changed.length + stale.length > 0) {
  const names = [...changed.map(([name]) => name), ...stale].join(', ');
  process.stderr.write(`out of step: ${names}: run npm run generate\n`);
  process.exitCode = 1;
}

/** A file with the package's version where the pattern's second group is. */
function versioned(name: string, place: RegExp): string {
  return read(name).replace(place, (_, before: string) => `${before}"${version}"`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(new URL(`${folder}/`, root)).map(name => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function read(name: string): string {
  return readFileSync(new URL(name, root), 'utf8');
}

function readIfThere(name: string): string | undefined {
  try {
    return read(name);
  } catch {
    return undefined;
  }
}
