import type { InfoHash } from "../base/ids.ts";
import { decodeHandshake, HANDSHAKE_BYTES } from "../wire/handshake.ts";

/** What a message says we have. Undefined as piece: everything. */
export interface Claim {
  readonly said: "have" | "block" | "bitfield" | "haveAll";
  readonly piece: number | undefined;
}

/** Ids of messages (BEP 3, BEP 6). */
const HAVE = 4;
const BITFIELD = 5;
const BLOCK = 7;
const HAVE_ALL = 0x0e;

/** What a block's message says before the block: its id, piece and begin. */
const BLOCK_HEADER_LENGTH = 9;

const NOTHING = new Uint8Array(0);

/** Reads a link's bytes for what they say we have, without looking at blocks. */
export class ClaimReader {
  /** From our handshake. */
  infoHash: InfoHash | undefined;
  /** Bytes of all blocks in messages that were begun. */
  blockBytes = 0;
  /** Bytes of the current message that say nothing. */
  #skip = 0;
  #begun: Uint8Array = NOTHING;

  /** Calls `claimed` for each claim in these bytes. */
  read(bytes: Uint8Array, claimed: (claim: Claim) => void): void {
    const all = this.#begun.length === 0 ? bytes : joined(this.#begun, bytes);
    this.#begun = NOTHING;
    let at = 0;
    for (;;) {
      const skipped = Math.min(this.#skip, all.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (at === all.length) return;
      if (!this.#readNext(all, at, claimed)) {
        this.#begun = all.slice(at);
        return;
      }
    }
  }

  /** Reads the message that begins there, and skips it from then on. False: too little of it is here. */
  #readNext(bytes: Uint8Array, start: number, claimed: (claim: Claim) => void): boolean {
    const here = bytes.length - start;
    if (this.infoHash === undefined) {
      if (here < HANDSHAKE_BYTES) return false;
      this.infoHash = decodeHandshake(bytes.subarray(start, start + HANDSHAKE_BYTES)).infoHash;
      this.#skip = HANDSHAKE_BYTES;
      return true;
    }
    if (here < 4) return false;
    const length = u32(bytes, start);
    const needed = 4 + neededOf(length, bytes[start + 4]);
    if (here < needed) return false;
    if (length > 0) this.#claims(bytes, start + 4, length, claimed);
    this.#skip = 4 + length;
    return true;
  }

  #claims(bytes: Uint8Array, at: number, length: number, claimed: (claim: Claim) => void): void {
    const id = bytes[at];
    if (id === HAVE) claimed({ said: "have", piece: u32(bytes, at + 1) });
    else if (id === BLOCK) {
      this.blockBytes += length - BLOCK_HEADER_LENGTH;
      claimed({ said: "block", piece: u32(bytes, at + 1) });
    } else if (id === HAVE_ALL) claimed({ said: "haveAll", piece: undefined });
    else if (id === BITFIELD) {
      for (let piece = 0; piece < (length - 1) * 8; piece++) {
        const isSet = ((bytes[at + 1 + (piece >> 3)] as number) & (0x80 >> (piece & 7))) !== 0;
        if (isSet) claimed({ said: "bitfield", piece });
      }
    }
  }
}

/** How much of a message we look at. */
function neededOf(length: number, id: number | undefined): number {
  if (length === 0) return 0;
  if (id === undefined) return 1;
  if (id === HAVE || id === BLOCK) return 5;
  return id === BITFIELD ? length : 1;
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
