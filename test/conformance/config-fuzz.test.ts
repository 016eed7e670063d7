import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, type FlagValues, parseConfig } from '../../exporter/config/load.ts';
import { Filter } from '../../exporter/event/filter/filter.ts';
import { Router } from '../../exporter/event/filter/router.ts';
import { Redactor } from '../../exporter/event/redact/redactor.ts';
import { RandomConfigs } from './random-configs.ts';

/** Set it to repeat a run that failed. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const total = 100_000;

const file = '/etc/kube-events-loki/config.yaml';

/** What a fault says, after its place: a sample of each kind that there is. */
const kinds: Readonly<Record<string, RegExp>> = {
  'no YAML': /^[^:]+$|must be|Unexpected|indent/,
  'an alias of nothing': /^Unresolved alias/,
  'an unknown tag': /^Unresolved tag/,
  'a key twice': /^Map keys must be unique/,
  'an unknown key': /unknown key; the keys here are/,
  'a wrong type': /expected (?:string|number|boolean|object|array), received/,
  'no duration': /expected a duration/,
  'no URL': /expected an http:/,
  'no expression': /error parsing regexp/,
  'no pattern': /not a regular expression in RE2 syntax/,
  'keys that do not go together': /not together with/,
};

test(`${total} random configurations are loaded, or refused with places and reasons (FUZZ_SEED=${seed})`, t => {
  const random = new RandomConfigs(seed);
  const seen = new Map(Object.keys(kinds).map(kind => [kind, 0]));
  let loaded = 0;
  for (let index = 0; index < total; index += 1) {
    const { yaml, flags } = random.config();
    try {
      const faults = load(yaml, flags);
      if (faults.length === 0) loaded += 1;
      for (const [kind, pattern] of Object.entries(kinds)) {
        if (faults.some(fault => pattern.test(fault))) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    } catch (error) {
      throw new Error(`configuration ${index}, ${JSON.stringify(flags)}:\n${yaml.slice(0, 4000)}`, {
        cause: error,
      });
    }
  }
  // The generator reaches what it is there for.
  assert.ok(loaded > total / 20, `${loaded} loaded`);
  for (const [kind, times] of seen) assert.ok(times > 0, kind);
  t.diagnostic(`${loaded} loaded; ${[...seen].map(([kind, times]) => `${kind}: ${times}`).join(', ')}`);
});

/** The reasons of all faults, without their places. @throws whatever is no orderly refusal */
function load(yaml: string, flags: FlagValues): string[] {
  try {
    const { filters, routes, redact, loki, output } = parseConfig(file, yaml, flags);
    // What is accepted can be used.
    new Filter(filters);
    new Router(routes);
    new Redactor(redact);
    assert.ok(output !== 'loki' || URL.canParse(loki.url ?? ''));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map(line => {
      const [, place, reason] = /^(.+?:\d+:\d+: |--[a-z-]+ |and more )(.+)$/.exec(line) ?? [];
      assert.ok(place?.startsWith(`${file}:`) || /^--|^and /.test(place ?? ''), `without a place: ${line}`);
      assert.ok(line.length < 2000, `${line.length} characters`);
      return reason ?? '';
    });
  }
}
