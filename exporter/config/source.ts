import { readFileSync } from 'node:fs';
import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { ConfigError } from './config-error.ts';

/** In characters. No configuration is longer, and a file that is something else can take minutes to parse. */
const maxFileLength = 256 << 10;

/** A file of YAML that knows where its keys stand. */
export interface Source {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** @throws ConfigError where the file can't be read */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: ${(error as Error).message}`]);
  }
}

/** @throws ConfigError with the place of everything that is no YAML of keys and values */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  if (text.length > maxFileLength) {
    throw new ConfigError([
      `${file}: longer than ${maxFileLength} characters, which no configuration is: give another file with --config`,
    ]);
  }
  // Tags would make values of it that are no JSON: sets, bytes. The parser's own look for repeated keys is quadratic.
  const options = { lineCounter: lines, prettyErrors: false, resolveKnownTags: false, uniqueKeys: false };
  const document = parseDocument(text, options);
  const faults = [...document.errors, ...document.warnings, ...keyFaults(document)];
  if (faults.length > 0) {
    throw new ConfigError(
      faults.map(fault => `${file}:${place(lines, fault.pos[0])}: ${firstLine(fault.message)}`),
    );
  }
  return { file, document, lines };
}

/** Keys that stand in the same map before, and keys that are maps or lists. */
function keyFaults(document: Document.Parsed): Pick<YAMLError, 'message' | 'pos'>[] {
  const faults: Pick<YAMLError, 'message' | 'pos'>[] = [];
  // Nothing sound is nested so deeply that it could not be walked.
  if (document.errors.length > 0) return faults;
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const [start = 0, end = 0] = isNode(key) ? (key.range ?? []) : [];
        const fault = (message: string) => faults.push({ message, pos: [start, end] });
        if (isScalar(key)) {
          const text = String(key.value);
          if (seen.has(text)) fault('Map keys must be unique');
          seen.add(text);
        } else if (key !== null) fault('a key has to be a text');
      }
    },
  });
  return faults;
}

/** @throws ConfigError where an alias is of nothing, or aliases of aliases grow without bound */
export function toValue({ file, document, lines }: Source): unknown {
  try {
    return document.toJS();
  } catch (error) {
    let offset = 0;
    visit(document, {
      Alias(_, alias: Alias) {
        if (alias.resolve(document)) return undefined;
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    throw new ConfigError([`${file}:${place(lines, offset)}: ${firstLine((error as Error).message)}`]);
  }
}

/** `FILE:LINE:COLUMN: ` of a key, or of the nearest section around it; empty where there is no file. */
export function locate(path: readonly PropertyKey[], source: Source | undefined): string {
  if (!source) return '';
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(source.document, path.slice(0, length));
    if (offset !== undefined) return `${source.file}:${place(source.lines, offset)}: `;
  }
  return `${source.file}:1:1: `;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (!isMap(parent)) {
    const node: unknown = document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  }
  const pair = parent.items.find(item => String(item.key) === String(last));
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
