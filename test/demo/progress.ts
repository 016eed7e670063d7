import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** How often a line is written where there is no terminal to update one in, in milliseconds. */
const plainIntervalMs = 3000;
const barWidth = 24;

/** One line that is updated in a terminal; a line now and then anywhere else. */
export class Progress {
  readonly #out: NodeJS.WriteStream | WriteStream;
  readonly #start = performance.now();
  #last = Number.NEGATIVE_INFINITY;
  #line = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** @param total what `done` comes to in the end, if known */
  update(what: string, done: number, total: number | undefined): void {
    const count = total === undefined ? format(done) : `${format(done)} of ${format(total)}`;
    const bar = total === undefined ? '' : `${drawBar(done / total)} `;
    this.#line = `  ${this.#clock()}  ${bar}${what} ${count}`;
    if (this.#out.isTTY) this.#redraw();
    else if (performance.now() - this.#last >= plainIntervalMs) this.#write(this.#line);
  }

  /** A line that stays. */
  note(text: string): void {
    const line = `  ${this.#clock()}  ${text}`;
    if (this.#out.isTTY) {
      this.#out.write(`\r\x1b[K${styleText('dim', fit(line, this.#out), { stream: this.#out })}\n`);
      this.#redraw();
    } else {
      this.#write(line);
    }
  }

  /** Takes the updated line away. */
  clear(): void {
    if (this.#out.isTTY && this.#line !== '') this.#out.write('\r\x1b[K');
    this.#line = '';
  }

  #redraw(): void {
    if (this.#line !== '') this.#out.write(`\r${fit(this.#line, this.#out)}\x1b[K`);
  }

  #write(line: string): void {
    this.#last = performance.now();
    this.#out.write(`${line}\n`);
  }

  #clock(): string {
    const seconds = Math.floor((performance.now() - this.#start) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}

function drawBar(part: number): string {
  const full = Math.min(barWidth, Math.floor(part * barWidth));
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

/** A line that wraps can't be taken back. */
function fit(line: string, out: NodeJS.WriteStream): string {
  return line.slice(0, Math.max(20, (out.columns || 80) - 1));
}

function format(count: number): string {
  return count.toLocaleString('en');
}
