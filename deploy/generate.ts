/**
 * Writes what of the chart and of the kustomize overlays follows from the rest: the schema and the README of the chart's
 * values, its version and the image's tag, copies of dashboards and rules; `--check` writes nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { writeGenerated } from '../docs/generated-files.ts';
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

writeGenerated(root, files, generated);

/** A file with the package's version where the pattern's second group is. */
function versioned(name: string, place: RegExp): string {
  return read(name).replace(place, (_, before: string) => `${before}"${version}"`);
}

function read(name: string): string {
  return readFileSync(new URL(name, root), 'utf8');
}
