import { isCollection, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { table } from '../../docs/pages/markdown.ts';

/** One value of the chart, as the README shows it. */
interface ValueRow {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/**
 * The README of the chart, from the comments of its values.
 * @param values the text of `values.yaml`
 * @throws where a value has no comment
 */
export function chartReadme(values: string): string {
  const document = parseDocument(values);
  if (!isMap(document.contents)) throw new Error('values.yaml holds no map');
  const rows = rowsOf(document.contents, '', commentOf(document.commentBefore));
  return `# Helm chart of kube-events-loki

<!-- Written by \`npm run generate\` from values.yaml; edit the comments there. -->

[How to install it](../../../docs/helm.md). In a checkout:

\`\`\`
helm install kube-events-loki deploy/helm/kube-events-loki --namespace monitoring \\
  --set config.cluster=prod --set config.loki.url=http://loki-gateway.loki
\`\`\`

A key that the chart doesn't know, or a value that the exporter wouldn't take, is refused with its path by \`values.schema.json\`.

${table(
  ['value', 'default', 'meaning'],
  rows.map(({ name, fallback, meaning }) => [`\`${name}\``, fallback && `\`${fallback}\``, meaning]),
)}`;
}

/** @param first the comment of the first pair, where the parser gives it to what is around it */
function rowsOf(map: YAMLMap, prefix: string, first: string | undefined): ValueRow[] {
  return map.items.flatMap((pair, index) => {
    const name = `${prefix}${keyOf(pair)}`;
    const meaning = (index === 0 ? first : undefined) ?? commentOf(beforeKey(pair));
    const below = sectionOf(pair);
    if (below === undefined) {
      if (meaning === undefined) throw new Error(`values.yaml: ${name} has no comment that says what it is`);
      return [{ name, fallback: shown(pair.value), meaning }];
    }
    const rows = rowsOf(below, `${name}.`, commentOf(below.commentBefore));
    return meaning === undefined ? rows : [{ name, fallback: '', meaning }, ...rows];
  });
}

/** The map below a key, where each of its own keys is told. */
function sectionOf({ value }: Pair): YAMLMap | undefined {
  if (!isMap(value) || value.flow) return undefined;
  const told = value.commentBefore ?? beforeKey(value.items[0]);
  const deeper = value.items.some(pair => sectionOf(pair) !== undefined);
  return told || deeper ? value : undefined;
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

function beforeKey(pair: Pair | undefined): string | null | undefined {
  return isScalar(pair?.key) ? pair.key.commentBefore : undefined;
}

function commentOf(text: string | null | undefined): string | undefined {
  return text?.replace(/\s+/g, ' ').trim() || undefined;
}

function shown(value: unknown): string {
  return JSON.stringify(isScalar(value) || isCollection(value) ? value.toJSON() : value);
}
