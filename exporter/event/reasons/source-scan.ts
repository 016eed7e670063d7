import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A Go module on disk. */
export interface GoModule {
  /** Its import path, like `k8s.io/kubernetes`. */
  readonly path: string;
  /** The folder that holds its source. */
  readonly folder: string;
}

/** A place in the source that records an event. */
export interface Occurrence {
  readonly reason: string;
  /** Where the source says it at that place; a variable's value is not looked for. */
  readonly type: 'Normal' | 'Warning' | undefined;
  /**
   * Import path of the module and path of the file in it, like `k8s.io/kubernetes/pkg/kubelet/kubelet.go`.
   */
  readonly file: string;
}

/** What {@link scanModules} found. */
export interface SourceScan {
  readonly occurrences: readonly Occurrence[];
  /**
   * What can't be read, sorted, each once: computed reasons as `file: expression`, and helpers that record
   * an event but have no visible call as `file: function`.
   */
  readonly computed: readonly string[];
}

interface Source {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  /** Import paths by the name that the file uses. */
  readonly imports: ReadonlyMap<string, string>;
}

interface Wrapper {
  /** The file that has it. */
  readonly file: string;
  readonly name: string;
  readonly folder: string;
  readonly index: number;
  readonly type: Occurrence['type'];
}

// Fakes and the load-test kubelet write events that no cluster gets.
const NOT_SHIPPED = /^(testing|testutil|fake|kubemark|testdata|vendor|sample)$/;
const RECORDER_METHODS = /\.(?:Event|Eventf|AnnotatedEventf)\(/g;
const TYPE_THEN_REASON = /\bEventType(Normal|Warning)\s*,/g;
// Structs whose reason becomes an event's, of this type: the kubelet's admission results, and SELinux
// conflicts.
const CARRIERS = { PodAdmitResult: 'Warning', Conflict: 'Normal' } as const;

/**
 * Finds the event reasons in Go source without a Go parser. A reason is
 * - the argument after `v1.EventTypeNormal` or `v1.EventTypeWarning`, in any call, so that helpers count too;
 * - the argument after the type in a recorder's `Event`, `Eventf` and `AnnotatedEventf`, where the type is
 *   a variable;
 * - the `Reason` of a struct that is turned into an event.
 *
 * It may be a string, a constant (of the package or an imported one), a local variable (all that is
 * assigned to it), or a parameter of the function around it (then that function's callers are read in the
 * same way). All else is `computed`.
 *
 * @param searched the modules whose event calls are looked for.
 * @param known modules that are only asked for constants, besides the searched ones.
 */
export function scanModules(searched: readonly GoModule[], known: readonly GoModule[]): SourceScan {
  const constants = new Constants([...searched, ...known]);
  const sources = searched.flatMap(module => readSources(module));
  return new Scan(sources, constants).run();
}

/** The string constants of the package in a folder, by name. */
export function stringConstants(folder: string): ReadonlyMap<string, string> {
  return new Constants([]).ofFolder(folder);
}

/** All strings in the modules' source that could be a component's name. */
export function namesIn(modules: readonly GoModule[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const module of modules) {
    for (const { text } of readSources(module)) {
      for (const [, name = ''] of text.matchAll(/"([A-Za-z][\w-]+)"/g)) found.add(name);
    }
  }
  return found;
}

class Scan {
  readonly #sources: readonly Source[];
  readonly #constants: Constants;
  readonly #occurrences = new Map<string, Occurrence>();
  readonly #computed = new Set<string>();
  readonly #wrappers = new Map<string, Wrapper>();

  constructor(sources: readonly Source[], constants: Constants) {
    this.#sources = sources;
    this.#constants = constants;
  }

  run(): SourceScan {
    for (const source of this.#sources) {
      this.#typedCalls(source);
      this.#recorderCalls(source);
      this.#carriers(source);
    }
    // A Map's iteration also visits the wrappers that are added meanwhile: callers of callers.
    for (const wrapper of this.#wrappers.values()) this.#callers(wrapper);
    return { occurrences: [...this.#occurrences.values()], computed: [...this.#computed].sort() };
  }

  #typedCalls(source: Source): void {
    for (const match of source.text.matchAll(TYPE_THEN_REASON)) {
      const at = match.index + match[0].length;
      // In a struct the type's field is followed by the reason's.
      const expression = firstArgument(source.text, at)
        .trim()
        .replace(/^Reason:\s*/, '');
      // A list of types in a `case` is no call.
      if (/EventType/.test(expression)) continue;
      this.#take(source, at, expression, match[1] === 'Normal' ? 'Normal' : 'Warning');
    }
  }

  #recorderCalls(source: Source): void {
    for (const match of source.text.matchAll(RECORDER_METHODS)) {
      const at = match.index + match[0].length;
      const given = splitArguments(source.text, at);
      // An EventRecorder's methods have four arguments at least; other `Event` methods have fewer.
      if (given.length < 4 || given.some(isType)) continue;
      const type = given.findIndex(argument => /(^|\.)event_?type$/i.test(argument));
      this.#take(source, at, given[type + 1] ?? given.join(', '), undefined);
    }
  }

  #carriers(source: Source): void {
    for (const [carrier, type] of Object.entries(CARRIERS)) {
      for (const match of source.text.matchAll(new RegExp(`\\b${carrier}\\{`, 'g'))) {
        const at = match.index + match[0].length;
        for (const field of splitArguments(source.text, at)) {
          const expression = /^(?:Event)?Reason:\s*(.+)$/s.exec(field)?.[1];
          if (expression !== undefined) this.#take(source, at, expression, type);
        }
      }
    }
  }

  #callers({ file, name, folder, index, type }: Wrapper): void {
    let calls = 0;
    const exported = /^[A-Z]/.test(name);
    for (const source of this.#sources) {
      if (!exported && source.folder !== folder) continue;
      for (const match of source.text.matchAll(new RegExp(`\\b${name}\\(`, 'g'))) {
        if (/func (\([^)]*\) )?$/.test(source.text.slice(0, match.index).slice(-120))) continue;
        const at = match.index + match[0].length;
        calls += 1;
        const given = splitArguments(source.text, at);
        const expression = given[index];
        // Where the caller says the type, the reason after it is found already.
        if (expression !== undefined && !given.some(isType)) this.#take(source, at, expression, type);
      }
    }
    // Handed on as a value, or dead: its reasons are not seen, and that has to be said.
    if (calls === 0) this.#computed.add(`${file}: ${name}`);
  }

  #take(source: Source, at: number, expression: string, type: Occurrence['type']): void {
    const reasons = this.#resolve(source, at, expression, type);
    if (reasons === undefined) this.#computed.add(`${source.file}: ${expression.replace(/\s+/g, ' ')}`);
    for (const reason of reasons ?? []) {
      this.#occurrences.set(`${source.file} ${reason} ${type}`, { reason, type, file: source.file });
    }
  }

  /**
   * Its possible values; undefined where they are computed. A parameter has none, but makes its function a
   * wrapper.
   */
  #resolve(
    source: Source,
    at: number,
    expression: string,
    type: Occurrence['type'],
  ): readonly string[] | undefined {
    const literal = /^"([^"\\]*)"$/.exec(expression)?.[1];
    if (literal !== undefined) return literal === '' ? [] : [literal];
    const [, qualifier, name] = /^(?:(\w+)\.)?(\w+)$/.exec(expression) ?? [];
    if (name === undefined) return undefined;
    if (qualifier !== undefined) {
      const path = source.imports.get(qualifier);
      const value = path === undefined ? undefined : this.#constants.ofImport(path).get(name);
      return value === undefined ? undefined : [value];
    }
    const around = functionAround(source.text, at);
    const index = around.parameters.indexOf(name);
    if (index >= 0) {
      if (!/^(Event|Eventf|AnnotatedEventf)$/.test(around.name)) {
        const wrapper = { file: source.file, name: around.name, folder: source.folder, index, type };
        this.#wrappers.set(`${source.folder} ${around.name} ${index} ${type}`, wrapper);
      }
      return [];
    }
    // One of several results of a call; a constant of the same name is hidden by it.
    if (new RegExp(`\\b${name}, [^=\\n]*=|, ${name}\\b[^=\\n]*:=`).test(around.body)) return undefined;
    const assigned = [...around.body.matchAll(new RegExp(`\\b${name}\\s*:?=(?!=)\\s*([^\\n]+)`, 'g'))];
    if (assigned.length > 0) {
      for (const [, value = ''] of assigned) if (value !== name) this.#take(source, at, value.trim(), type);
      return [];
    }
    const value = this.#constants.ofFolder(source.folder).get(name);
    return value === undefined ? undefined : [value];
  }
}

/** String constants by package, read when first asked for. */
class Constants {
  readonly #modules: readonly GoModule[];
  readonly #byFolder = new Map<string, ReadonlyMap<string, string>>();

  constructor(modules: readonly GoModule[]) {
    // The longest path first: k8s.io/kube-scheduler must not be looked for in a module k8s.io/kube.
    this.#modules = modules.toSorted((a, b) => b.path.length - a.path.length);
  }

  ofImport(path: string): ReadonlyMap<string, string> {
    const module = this.#modules.find(candidate => path.startsWith(`${candidate.path}/`));
    if (module === undefined) return new Map();
    return this.ofFolder(join(module.folder, path.slice(module.path.length)));
  }

  ofFolder(folder: string): ReadonlyMap<string, string> {
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const found = new Map<string, string>();
    for (const entry of readdirSync(folder)) {
      if (!isShippedFile(entry)) continue;
      const text = withoutComments(readFileSync(join(folder, entry), 'utf8'));
      // Top level only: in a block (one tab deep) or after `const` or `var`; maybe with a type.
      for (const match of text.matchAll(/^(?:\t|const |var )(\w+)(?: +[\w.]+)? *= *"([^"\\\n]*)"/gm)) {
        const [, name = '', value = ''] = match;
        found.set(name, value);
      }
    }
    this.#byFolder.set(folder, found);
    return found;
  }
}

function readSources({ path, folder }: GoModule): Source[] {
  const sources: Source[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !isShippedFile(entry.name)) continue;
    const inModule = relative(folder, entry.parentPath);
    if (inModule.split('/').some(part => NOT_SHIPPED.test(part)) || inModule.startsWith('test/')) continue;
    const raw = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const text = withoutComments(raw);
    const file = join(path, inModule, entry.name);
    sources.push({ file, folder: entry.parentPath, text, imports: importsOf(text) });
  }
  return sources;
}

function isShippedFile(name: string): boolean {
  return name.endsWith('.go') && !name.endsWith('_test.go') && !name.startsWith('zz_generated');
}

function importsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const block = /^import \(([\s\S]*?)^\)/m.exec(text)?.[1] ?? '';
  for (const [, alias, path = ''] of block.matchAll(/^\s*(\w+)?\s*"([^"]+)"/gm)) {
    // Without an alias the package is called like its folder, wherever this scan leans on one.
    found.set(alias ?? path.slice(dirname(path).length + 1), path);
  }
  return found;
}

/** The same text, of the same length, with spaces for comments. Strings stay, whatever they contain. */
function withoutComments(text: string): string {
  const pieces = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(pieces, piece => (piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece));
}

/** The arguments of a call, or the fields of a struct, whose opening bracket is just before `from`. */
function splitArguments(text: string, from: number): readonly string[] {
  const found: string[] = [];
  let at = from;
  for (;;) {
    const argument = firstArgument(text, at);
    at += argument.length;
    if (argument.trim() !== '') found.push(argument.trim());
    if (text[at] !== ',') return found;
    at += 1;
  }
}

/** From `from` to the comma or closing bracket that ends the expression, as it stands there. */
function firstArgument(text: string, from: number): string {
  const pieces = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|[()[\]{},]/g;
  pieces.lastIndex = from;
  let depth = 0;
  for (let match = pieces.exec(text); match !== null; match = pieces.exec(text)) {
    const [piece] = match;
    if (/^[([{]$/.test(piece)) depth += 1;
    else if (depth === 0 && /^[)\]},]$/.test(piece)) return text.slice(from, match.index);
    else if (/^[)\]}]$/.test(piece)) depth -= 1;
  }
  return '';
}

function isType(argument: string): boolean {
  return /\bEventType(Normal|Warning)$/.test(argument);
}

interface EnclosingFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: string;
}

function functionAround(text: string, at: number): EnclosingFunction {
  const start = text.lastIndexOf('\nfunc ', at) + 1;
  const end = text.indexOf('\n}', at);
  const whole = text.slice(start, end < 0 ? undefined : end);
  const head = /^func (?:\([^)]*\) )?(\w+)\(/.exec(whole);
  if (head === null) return { name: '', parameters: [], body: '' };
  const parameters = splitArguments(whole, head[0].length).map(parameter => parameter.split(/\s/)[0] ?? '');
  return { name: head[1] ?? '', parameters, body: whole };
}
