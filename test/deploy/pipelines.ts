import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The text of a file of the folder with the pipelines' configurations. */
export function pipelineFile(name: string): string {
  return readFileSync(new URL(`../../deploy/pipelines/${name}`, import.meta.url), 'utf8');
}

/** What a pipeline makes of the fields of a line: which are labels, which metadata, and which is the line. */
export interface Mapping {
  readonly labels: readonly string[];
  readonly metadata: readonly string[];
  /** The field that becomes the line; without it, the only one that is left. */
  readonly line?: string;
}

/** An entry as Loki's push API takes it in JSON. */
export interface PushedEntry {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly [
    readonly [timestamp: string, line: string, metadata: Readonly<Record<string, string>>],
  ];
}

/** Fluent Bit's output `loki`: `labels` and `structured_metadata` name fields with a `$`, and take them out of the record. */
export function fluentBitMapping(): Mapping {
  const [output] = parse(pipelineFile('fluent-bit.yaml')).pipeline.outputs;
  return { labels: accessors(output.labels), metadata: accessors(output.structured_metadata) };
}

function accessors(list: string): string[] {
  return list.split(', ').map(name => {
    if (!/^\$\w+$/.test(name)) throw new Error(`${name} is no field`);
    return name.slice(1);
  });
}

/** Fluentd's output `loki`: `<label>` takes fields out of the record; it knows no metadata. */
export function fluentdMapping(): Mapping {
  const [, block = ''] = /<label>\n([^<]*)<\/label>/.exec(pipelineFile('fluentd.conf')) ?? [];
  return { labels: block.trim().split(/\s+/), metadata: [] };
}

/** Alloy's `loki.process`: each stage has its own list of what `stage.json` has read. */
export function alloyMapping(): Mapping {
  const read = new Set(alloyNames('json', 'expressions'));
  const labels = alloyNames('labels', 'values');
  const metadata = alloyNames('structured_metadata', 'values');
  const [, line = ''] = /stage\.output \{\s*source = "(\w+)"/.exec(pipelineFile('config.alloy')) ?? [];
  for (const name of [...labels, ...metadata, line]) {
    if (!read.has(name)) throw new Error(`stage.json does not read ${name}`);
  }
  return { labels, metadata, line };
}

/** The labels that Alloy keeps at the end. */
export function alloyKeptLabels(): string[] {
  const [, list = ''] = /stage\.label_keep \{\s*values = \[(.*)\]/.exec(pipelineFile('config.alloy')) ?? [];
  return JSON.parse(`[${list}]`) as string[];
}

function alloyNames(stage: string, argument: string): string[] {
  const block = new RegExp(`stage\\.${stage} \\{\\s*${argument} = \\{([^}]*)\\}`).exec(
    pipelineFile('config.alloy'),
  );
  return [...(block?.[1] ?? '').matchAll(/^\s*(\w+)\s*= "",$/gm)].map(([, name = '']) => name);
}

/**
 * Does to a line of the exporter's stdout what a pipeline does by its configuration.
 * @throws Error where other fields than one are left, which would all be in the line
 */
export function transform(text: string, { labels, metadata, line }: Mapping): PushedEntry {
  const { time = '', ...record } = JSON.parse(text) as Record<string, string>;
  const take = (names: readonly string[]) =>
    Object.fromEntries(names.filter(name => record[name]).map(name => [name, record[name] ?? '']));
  const [stream, fields] = [take(labels), take(metadata)];
  const left = Object.keys(record).filter(name => !(name in stream || name in fields));
  const rest = line === undefined ? left : [line];
  if (rest.length !== 1) throw new Error(`${left.join(', ')} are left: all of them would be in the line`);
  return { stream, values: [[nanoseconds(time), record[rest[0] ?? ''] ?? '', fields]] };
}

/** RFC 3339 with nine decimals as nanoseconds since 1970. */
function nanoseconds(time: string): string {
  const [, seconds, fraction] = /^(.+)\.(\d{9})Z$/.exec(time) ?? [];
  return `${Date.parse(`${seconds}Z`) / 1000}${fraction}`;
}
