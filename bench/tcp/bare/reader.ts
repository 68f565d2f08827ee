import { HANDSHAKE_BYTES } from "#shared/wire/handshake.ts";

const BLOCK_ID = 7;
const BLOCK_HEAD_BYTES = 13;

/** The events of a reader. */
export interface ReaderEvents {
  /** Any message but a block, with its length prefix. Valid only during the call. */
  readonly message: (id: number, frame: DataView) => void;
  /** Returns where to put the bytes of a block. */
  readonly place: (piece: number, begin: number, length: number) => Uint8Array;
  /** A block is complete in its place. */
  readonly block: (piece: number, begin: number, length: number) => void;
}

/** Reads what a peer sends (BEP 3); copies each byte of a block once, to its place. */
export class Reader {
  readonly #events: ReaderEvents;
  #skip = HANDSHAKE_BYTES;
  #head = new Uint8Array(64);
  #have = 0;
  #need = 4;
  #place: Uint8Array | undefined;
  #placed = 0;

  constructor(events: ReaderEvents) {
    this.#events = events;
  }

  push(bytes: Uint8Array): void {
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (at < bytes.length)
      at = this.#place === undefined ? this.#readHead(bytes, at) : this.#readBlock(bytes, at);
  }

  #readHead(bytes: Uint8Array, start: number): number {
    const end = Math.min(bytes.length, start + this.#need - this.#have);
    for (let at = start; at < end; at++) this.#head[this.#have++] = bytes[at] ?? 0;
    if (this.#have === this.#need) this.#headGrew();
    return end;
  }

  #headGrew(): void {
    const view = new DataView(this.#head.buffer, 0, this.#have);
    const whole = 4 + view.getUint32(0);
    const id = this.#have > 4 ? view.getUint8(4) : undefined;
    if (whole === 4) this.#next();
    else if (id === undefined) this.#need = 5;
    else if (id === BLOCK_ID && this.#have < BLOCK_HEAD_BYTES) this.#need = BLOCK_HEAD_BYTES;
    else if (id === BLOCK_ID) {
      const length = whole - BLOCK_HEAD_BYTES;
      this.#place = this.#events.place(view.getUint32(5), view.getUint32(9), length);
      this.#placed = 0;
    } else if (this.#have < whole) this.#expect(whole);
    else {
      this.#events.message(id, view);
      this.#next();
    }
  }

  #expect(bytes: number): void {
    this.#need = bytes;
    if (bytes <= this.#head.length) return;
    const grown = new Uint8Array(bytes);
    grown.set(this.#head);
    this.#head = grown;
  }

  #readBlock(bytes: Uint8Array, start: number): number {
    const place = this.#place as Uint8Array;
    const take = Math.min(place.length - this.#placed, bytes.length - start);
    place.set(bytes.subarray(start, start + take), this.#placed);
    this.#placed += take;
    if (this.#placed < place.length) return start + take;
    const view = new DataView(this.#head.buffer);
    this.#next();
    this.#place = undefined;
    this.#events.block(view.getUint32(5), view.getUint32(9), place.length);
    return start + take;
  }

  #next(): void {
    this.#have = 0;
    this.#need = 4;
  }
}
