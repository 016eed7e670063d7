import { open } from 'node:fs/promises';
import { formatTimestamp } from '../event/timestamp.ts';
import { decodeEntry } from '../loki/decode.ts';
import type { EncodedEntry } from '../loki/encode.ts';
import { parseLabels } from '../loki/encode-json.ts';
import type { PushResult, Sink } from './sink.ts';

/** What becomes of a push's lines. */
type Write = (body: Uint8Array) => Promise<void>;

/**
 * Entries as lines of JSON, for Fluent Bit, Fluentd or another pipeline in between: labels and structured metadata side
 * by side, `time` as RFC 3339, and the entry's `line`.
 */
export class JsonLines implements Sink {
  readonly url: string;
  readonly #write: Write;

  private constructor(url: string, write: Write) {
    this.url = url;
    this.#write = write;
  }

  /** Lines on stdout. Where nobody reads them any more, a push rejects: there is nothing left to do. */
  static stdout(): JsonLines {
    return new JsonLines('stdout', body => {
      return new Promise((resolve, reject) => {
        process.stdout.write(body, error => (error ? reject(error) : resolve()));
      });
    });
  }

  /** Lines at the end of a file, which is opened anew for each push: it may be rotated away. */
  static file(path: string): JsonLines {
    return new JsonLines(path, async body => {
      await using file = await open(path, 'a', 0o640);
      await file.writeFile(body);
      // What is acknowledged is never sent again, so it has to be there after a crash.
      await file.datasync();
    });
  }

  encode(entries: readonly EncodedEntry[]): Uint8Array {
    const lines = entries.map(entry => {
      const { line, metadata } = decodeEntry(entry.bytes);
      const time = formatTimestamp(entry.timestamp);
      return `${JSON.stringify({ time, ...parseLabels(entry.stream), ...metadata, line })}\n`;
    });
    return Buffer.from(lines.join(''));
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
