import type { Position } from '../kubernetes/reflector.ts';

/** A step under way: settle it when its revision has ended in a counter. */
export interface Ticket {
  readonly position: Position;
  settled: boolean;
}

/**
 * The checkpoint's arithmetic: steps begin in order and are settled in any order, and the position is that of the
 * newest step with nothing unsettled before it.
 */
export class Progress {
  readonly #advanced: (position: Position) => void;
  #tickets: Ticket[] = [];
  #head = 0;
  #inFlight = 0;

  /** @param advanced called with each new position */
  constructor(advanced: (position: Position) => void) {
    this.#advanced = advanced;
  }

  /** Steps begun and not settled. */
  get inFlight(): number {
    return this.#inFlight;
  }

  begin(position: Position): Ticket {
    const ticket = { position, settled: false };
    this.#tickets.push(ticket);
    this.#inFlight += 1;
    return ticket;
  }

  settle(ticket: Ticket): void {
    if (ticket.settled) return;
    ticket.settled = true;
    this.#inFlight -= 1;
    let reached: Position | undefined;
    for (let first = this.#tickets[this.#head]; first?.settled; first = this.#tickets[this.#head]) {
      reached = first.position;
      this.#head += 1;
    }
    if (!reached) return;
    if (this.#head > 1024 && this.#head * 2 > this.#tickets.length) {
      this.#tickets = this.#tickets.slice(this.#head);
      this.#head = 0;
    }
    this.#advanced(reached);
  }
}
