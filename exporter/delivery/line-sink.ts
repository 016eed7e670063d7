import { open } from 'node:fs/promises';
import { formatTimestamp } from '../event/timestamp.ts';
import { decodeEntry } from '../loki/decode.ts';
import type { EncodedEntry } from '../loki/encode.ts';
import { parseLabels } from '../loki/encode-json.ts';
import type { PushResult, Sink } from './sink.ts';

/** What becomes of a push's lines. */
type Write = (body: Uint8Array) => Promise<void>;

/** An entry as a line, without its end. */
type Format = (entry: EncodedEntry) => string;

/** Entries as lines of text: for another pipeline, or for whoever wants to see them. */
export class LineSink implements Sink {
  readonly url: string;
  readonly #write: Write;
  readonly #format: Format;

  private constructor(url: string, write: Write, format: Format) {
    this.url = url;
    this.#write = write;
    this.#format = format;
  }

  /**
   * Lines of JSON on stdout. Where nobody reads them any more, a push rejects: there is nothing left to do.
   */
  static stdout(): LineSink {
    return new LineSink('stdout', writeStdout, toJson);
  }

  /** Lines of JSON at the end of a file, which is opened anew for each push: it may be rotated away. */
  static file(path: string): LineSink {
    const write = async (body: Uint8Array) => {
      await using file = await open(path, 'a', 0o640);
      await file.writeFile(body);
      // What is acknowledged is never sent again, so it has to be there after a crash.
      await file.datasync();
    };
    return new LineSink(path, write, toJson);
  }

  /** What would be pushed to a tenant, on stdout. */
  static dryRun(tenant: string): LineSink {
    const prefix = tenant === '' ? '' : `${tenant} `;
    return new LineSink('stdout', writeStdout, entry => prefix + toText(entry));
  }

  encode(entries: readonly EncodedEntry[]): Uint8Array {
    return Buffer.from(entries.map(entry => `${this.#format(entry)}\n`).join(''));
  }

  /** @throws where stdout is closed */
  async push(body: Uint8Array): Promise<PushResult> {
    try {
      await this.#write(body);
      return { kind: 'accepted' };
    } catch (error) {
      if (this.url === 'stdout') throw error;
      const message = `${this.url} can't be written: ${(error as Error).message}`;
      return { kind: 'retry', cause: 'connection', retryAfterMs: undefined, message };
    }
  }

  async probe(): Promise<PushResult> {
    return this.push(new Uint8Array());
  }

  async close(): Promise<void> {}
}

function writeStdout(body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(body, error => (error ? reject(error) : resolve()));
  });
}

/** For Fluent Bit, Fluentd or another pipeline in between: labels and structured metadata side by side. */
function toJson({ stream, timestamp, bytes }: EncodedEntry): string {
  const { line, metadata } = decodeEntry(bytes);
  return JSON.stringify({ time: formatTimestamp(timestamp), ...parseLabels(stream), ...metadata, line });
}

/** As logcli shows entries, with their metadata behind. Control characters don't reach the terminal. */
function toText({ stream, timestamp, bytes }: EncodedEntry): string {
  const { line, metadata } = decodeEntry(bytes);
  const values = Object.entries(metadata).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const text = [formatTimestamp(timestamp), stream, JSON.stringify(line).slice(1, -1), ...values].join(' ');
  return text.replace(/[\u007f-\u009f]/g, character => `\\u00${character.charCodeAt(0).toString(16)}`);
}
