/** The few ASN.1 types that a certificate is made of, in DER (ITU-T X.690). */

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  return bytes < 0x100 ? Buffer.from([0x81, bytes]) : Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
}

export function sequence(...items: readonly Buffer[]): Buffer {
  return element(0x30, ...items);
}

export function set(item: Buffer): Buffer {
  return element(0x31, item);
}

/** @param bytes the number, big-endian, its highest bit clear. */
export function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

export function text(value: string): Buffer {
  return element(0x0c, Buffer.from(value));
}

export function octetString(value: Buffer): Buffer {
  return element(0x04, value);
}

/** @param unused how many bits at the end of the last byte don't belong to it. */
export function bitString(value: Buffer, unused: number): Buffer {
  return element(0x03, Buffer.from([unused]), value);
}

/** UTCTime, whose years end in 2049. */
export function time(value: Date): Buffer {
  const digits = value.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

/** An explicitly tagged value, as X.509's optional fields have them. */
export function explicit(tag: number, value: Buffer): Buffer {
  return element(0xa0 | tag, value);
}

/** @param dotted an object identifier, `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, ...[first * 40 + second, ...rest].map(base128));
}

function base128(value: number): Buffer {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return Buffer.from(bytes);
}

export function pem(label: string, value: Buffer): string {
  const lines = value.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
