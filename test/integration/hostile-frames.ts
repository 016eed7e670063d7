import { randomBytes } from 'node:crypto';

/** A text that has broken something somewhere, as bytes of a JSON string, and what is to be stored of it. */
export interface HostileText {
  readonly name: string;
  /** Between the quotes of a JSON string. */
  readonly json: Buffer;
  readonly stored: string;
}

/** As JSON escapes it. */
function text(name: string, value: string, stored = value): HostileText {
  return { name, json: Buffer.from(JSON.stringify(value).slice(1, -1)), stored };
}

/** As it stands on the wire, with bytes that are no UTF-8. */
function bytes(name: string, hex: string, stored: string): HostileText {
  return { name, json: Buffer.from(hex, 'hex'), stored };
}

/** U+FFFD, which stands for what is no character. */
const no = '\ufffd';

/** In two texts, because what JSON makes of it is six times as long. */
const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code), 0x7f);

export const hostileTexts: readonly HostileText[] = [
  text('NUL', 'a\u0000b\u0000'),
  text('control characters', controls.slice(0, 16)),
  text('more control characters', controls.slice(16)),
  text('a lone high surrogate', 'a\ud800b', `a${no}b`),
  text('a lone low surrogate', '\udc00', no),
  text('surrogates the wrong way round', '\udc00\ud800', no + no),
  text('ANSI escapes', '\u001b[31mred\u001b[0m\u001b[2J\u001b]0;title\u0007'),
  text('newlines', 'one\ntwo\r\nthree\n\n'),
  text('quotes', `"double" 'single' \`back\` \\ \\" \\u0000 \\x00`),
  text('what ends a selector', '"} |= "x" | json {a="b'),
  text('prototypes', '__proto__ constructor toString hasOwnProperty'),
  text('separators of lines in Unicode', 'a\u2028b\u2029c\u0085d'),
  text('characters without width', '\ufeffa\u200bb\u200dc\u2060'),
  text('right to left', 'a\u202egpj.exe'),
  text('beyond the first plane', '🚀👩‍👩‍👧‍👦𝄞\u{10ffff}'),
  text('no characters', '\ufffe\uffff\u{1fffe}'),
  text('spaces alone', ' \t '),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what others would fill in
  text('templates', '${jndi:ldap://x} {{.Values}} $(id) %s %n ; DROP TABLE counts'),
  bytes('bytes that are never UTF-8', '61fffe62', `a${no}${no}b`),
  bytes('a character of two bytes without its second', 'c328', `${no}(`),
  bytes('a character of three bytes without its third', 'e28261', `${no}a`),
  bytes('NUL in two bytes', 'c080', no + no),
  bytes('a surrogate in three bytes', 'eda080', no.repeat(3)),
  bytes('beyond the last plane', 'f4908080', no.repeat(4)),
  bytes('Latin-1', 'e9747562', `${no}tub`),
];

/** An event whose every text is the given one, as a watch's line, and without its metadata. */
export function lineOf(metadata: object, { json }: HostileText): Buffer {
  const part = (before: string) =>
    Buffer.concat([Buffer.from(before), Buffer.from('"'), json, Buffer.from('"')]);
  return Buffer.concat([
    Buffer.from('{"type":"ADDED","__proto__":{"type":"ERROR"},"object":{"__proto__":{"reason":"Inherited"},'),
    Buffer.from(`"metadata":${JSON.stringify(metadata)},`),
    part('"involvedObject":{"__proto__":{"kind":"Inherited"},"constructor":{"name":"x"},"kind":'),
    part(',"name":'),
    part('},"reason":'),
    part(',"message":'),
    part(',"action":'),
    part(',"source":{"component":'),
    Buffer.from(`},"type":"Normal","lastTimestamp":"${new Date().toISOString()}"}}\n`),
  ]);
}

/** No resourceVersions: the largest is one above what etcd can count to. */
const wrongVersions = [
  ...[7, null, {}, ['5'], true, '', '-1', '+5', '1e3', '0x10', ' 5', '5\u0000', '٣', '5n', '1.0'],
  ...['9223372036854775808', '18446744073709551615', '9'.repeat(20), '9'.repeat(100_000)],
];

/** Lines of a watch that are no frames, without their newlines and none of them empty. */
function malformedKinds(): Buffer[] {
  const wrong = (value: unknown) => JSON.stringify(value);
  const metadata = { name: 'a', namespace: 'shop', uid: 'u-malformed', resourceVersion: '999999' };
  const good = { type: 'ADDED', object: { metadata } };
  return [
    ...[
      '{"type":',
      '}{',
      'ADDED',
      '{"type":"ADDED","object":{}}}',
      "{'type':'ADDED'}",
      ' ',
      '\t',
      '\u0000',
      '\r',
    ],
    ...['null', 'true', '0', '-1e999', '""', '"ADDED"', '[]', '{}', '[[[[]]]]', 'NaN', 'undefined'],
    `\ufeff${wrong(good)}`,
    `[${wrong(good)}]`,
    `${wrong(good)}${wrong(good)}`,
    '['.repeat(100_000),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    `${'{"type":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    ...[null, 5, 'added', 'ADDED ', ['ADDED'], { toString: 'ADDED' }, '__proto__', 'constructor'].map(type =>
      wrong({ ...good, type }),
    ),
    ...[null, 5, 'x', [], [{ metadata }], true, { metadata: null }, { metadata: [] }, { metadata: 'm' }].map(
      object => wrong({ type: 'MODIFIED', object }),
    ),
    ...wrongVersions.flatMap(resourceVersion =>
      ['ADDED', 'DELETED', 'BOOKMARK'].map(type =>
        wrong({ type, object: { metadata: { ...metadata, resourceVersion } } }),
      ),
    ),
    '{"type":"ADDED","object":{"__proto__":{"metadata":{"resourceVersion":"999999"}}}}',
  ].map(line => Buffer.from(line));
}

/** So many lines that are no frames, each with its newline: every kind of them, and noise. */
export function* malformedLines(count: number): Generator<Buffer> {
  const kinds = malformedKinds();
  for (let index = 0; index < count; index += 1) {
    const line = kinds[index] ?? noise();
    yield Buffer.concat([line, Buffer.from('\n')]);
  }
}

/** Bytes without a newline, of which the first is no JSON. */
function noise(): Buffer {
  const bytes = randomBytes(1 + Math.floor(Math.random() * 300));
  for (const [index, byte] of bytes.entries()) if (byte === 0x0a) bytes[index] = 0x0b;
  bytes[0] = 0xff;
  return bytes;
}
