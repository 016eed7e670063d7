import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type SourceScan, scanModules } from './source-scan.ts';

/** Scans a module `example.org/m` that consists of these files. */
async function scan(files: Readonly<Record<string, string>>): Promise<SourceScan> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'source-scan-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  }
  return scanModules([{ path: 'example.org/m', folder: folder.path }], []);
}

const CASES: readonly { what: string; go: string; found: readonly string[]; computed?: readonly string[] }[] =
  [
    {
      what: 'a string',
      go: 'func f() {\n\tr.Event(pod, v1.EventTypeWarning, "Evicted", "x")\n}',
      found: ['Evicted Warning'],
    },
    {
      what: 'the newer recorder, over several lines, with commas and brackets in strings',
      go: 'func f() {\n\tr.Eventf(\n\t\tpod("a,(b"), nil, v1.EventTypeNormal,\n\t\t"Scheduled", "Binding", "%v")\n}',
      found: ['Scheduled Normal'],
    },
    {
      what: 'a constant of the package',
      go: 'const (\n\tReason = "Evicted"\n)\n\nfunc f() {\n\tr.Event(pod, v1.EventTypeWarning, Reason, "x")\n}',
      found: ['Evicted Warning'],
    },
    {
      what: 'a constant of an imported package',
      go: 'import (\n\tev "example.org/m/names"\n)\n\nfunc f() {\n\tr.Event(pod, v1.EventTypeWarning, ev.Killing, "x")\n}',
      found: ['Killing Warning'],
    },
    {
      what: 'all values of a local variable',
      go: 'func f() {\n\treason := "A"\n\tif x {\n\t\treason = "B"\n\t}\n\tr.Event(pod, v1.EventTypeNormal, reason, "x")\n}',
      found: ['A Normal', 'B Normal'],
    },
    {
      what: 'a helper that gets type and reason',
      go: 'func say(t, reason string) {\n\tr.Event(node, eventType, reason, "x")\n}\n\nfunc f() {\n\tsay(v1.EventTypeNormal, "A")\n}',
      found: ['A Normal'],
    },
    {
      what: 'a helper of a helper that gets the reason alone',
      go: 'func say(reason string) {\n\tr.Event(node, v1.EventTypeNormal, reason, "x")\n}\n\nfunc tell(reason string) {\n\tsay(reason)\n}\n\nfunc f() {\n\ttell("A")\n}',
      found: ['A Normal'],
    },
    {
      what: 'an admission result',
      go: 'func f() {\n\treturn lifecycle.PodAdmitResult{\n\t\tAdmit:  false,\n\t\tReason: "AppArmor",\n\t}\n}',
      found: ['AppArmor Warning'],
    },
    {
      what: 'an event that is recorded later',
      go: 'func f() {\n\te := EventBuilder{\n\t\tEventType: v1.EventTypeNormal,\n\t\tReason:    "A",\n\t}\n}',
      found: ['A Normal'],
    },
    {
      what: 'no comment, no list of types, no other Event method',
      go: 'func f() {\n\t// r.Event(pod, v1.EventTypeNormal, "A", "x")\n\tswitch t {\n\tcase v1.EventTypeNormal, v1.EventTypeWarning:\n\t}\n\tlog.Event(ctx, "B")\n}',
      found: [],
    },
    {
      what: 'a computed reason is said to be one',
      go: 'func f() {\n\tr.Event(pod, v1.EventTypeNormal, condition.Reason, "x")\n}',
      found: [],
      computed: ['example.org/m/a/f.go: condition.Reason'],
    },
    {
      what: 'a result of a call hides a constant of the same name',
      go: 'const reason = "A"\n\nfunc f() {\n\tok, reason := g()\n\tr.Event(pod, v1.EventTypeNormal, reason, "x")\n}',
      found: [],
      computed: ['example.org/m/a/f.go: reason'],
    },
  ];

for (const { what, go, found, computed = [] } of CASES) {
  test(`source scan: ${what}`, async () => {
    const result = await scan({
      'a/f.go': `package a\n\n${go}\n`,
      'a/f_test.go': 'package a\n\nfunc t() {\n\tr.Event(pod, v1.EventTypeNormal, "InTest", "x")\n}\n',
      'names/names.go': 'package names\n\nconst (\n\tKilling = "Killing"\n)\n',
    });
    assert.deepEqual(result.occurrences.map(({ reason, type }) => `${reason} ${type}`).sort(), found);
    assert.deepEqual(result.computed, computed);
  });
}
