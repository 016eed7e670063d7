import assert from 'node:assert/strict';

/**
 * Reads a line as Loki's `| logfmt` does (pkg/logql/log/logfmt/decode.go), byte by byte, and stricter: where Loki
 * skips what it can't read, or takes the later of two equal names, this throws.
 */
export function readLogfmt(line: string): Record<string, string> {
  const bytes = Buffer.from(line);
  const fields: Record<string, string> = {};
  const at = (place: number) => bytes[place] ?? 0;
  for (let place = 0; place < bytes.length; ) {
    if (at(place) <= 0x20) {
      place += 1;
      continue;
    }
    const start = place;
    while (place < bytes.length && at(place) > 0x20 && at(place) !== 0x3d && at(place) !== 0x22) place += 1;
    const name = bytes.toString('utf8', start, place);
    assert.equal(at(place), 0x3d, `no value at byte ${place}`);
    assert.match(name, /^[a-z_]+$/);
    assert.ok(!Object.hasOwn(fields, name), `${name} is there twice`);
    place += 1;
    const first = place;
    if (at(place) === 0x22) {
      place += 1;
      while (at(place) !== 0x22) {
        assert.ok(place < bytes.length, 'unterminated quoted value');
        place += at(place) === 0x5c ? 2 : 1;
      }
      place += 1;
      fields[name] = unquote(bytes.toString('utf8', first, place));
    } else {
      while (place < bytes.length && at(place) > 0x20) {
        assert.ok(at(place) !== 0x3d && at(place) !== 0x22, `unexpected byte ${place}`);
        place += 1;
      }
      fields[name] = bytes.toString('utf8', first, place);
    }
  }
  return fields;
}

/** The escapes of jsonstring.go, and none besides. */
function unquote(text: string): string {
  const plain: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
  return text.slice(1, -1).replaceAll(/\\(u([0-9a-f]{4})|.?)/gis, (_, letter: string, hex?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const character = plain[letter] ?? letter;
    assert.match(character, /^["\\/'\b\f\n\r\t]$/, `invalid escape ${letter}`);
    return character;
  });
}
