/** A block of kernel memory that lives as long as the object that stands for it, or until it is freed. */

/** What remains to be done when an owner is gone. Never refers to the owner. */
export interface Ticket {
  readonly address: number;
  /** Bytes the block takes. */
  readonly bytes: number;
  /** The place among all tickets; -1 once the block is freed. */
  place: number;
}

/** Whoever keeps blocks and takes them back. */
export interface BlockKeeper {
  takeBack(ticket: Ticket): void;
}

/** Made by the memory, never copied: the block is freed when this object is unreachable. */
export class OwnedBlock {
  readonly ticket: Ticket;
  readonly #keeper: BlockKeeper;

  constructor(keeper: BlockKeeper, ticket: Ticket) {
    this.#keeper = keeper;
    this.ticket = ticket;
  }

  /** Where the block starts, in bytes. */
  get address(): number {
    return this.ticket.address;
  }

  /** Frees the block now. Whoever still has its address would read and write what others own. */
  free(): void {
    this.#keeper.takeBack(this.ticket);
  }
}
