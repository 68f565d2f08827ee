import { randomBytes, randomInt } from "node:crypto";
import { concatBytes, equalBytes } from "#shared/base/bytes.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import {
  ciphersOf,
  endOfPadding,
  KEY_BYTES,
  type KeyPair,
  newKeyPair,
  sharedSecret,
  torrentName,
  veiled,
} from "./key-exchange.ts";
import type { Rc4 } from "./rc4.ts";

// Message stream encryption, also called protocol encryption: a Diffie-Hellman exchange, then RC4 or plain bytes. Clients know
// it from the wiki of Azureus and have never written a BEP. Whoever knows the info-hash and sits in between can read all of it.

/** How the bytes after the handshake go. Bits of the protocol. */
export const METHODS = { plain: 1, rc4: 2 } as const;
export type Method = (typeof METHODS)[keyof typeof METHODS];

/** The most bytes of padding in any of its four places. */
export const MAX_PADDING = 512;

/** Zeros, by which each side sees that the other has the same key. */
const VERIFICATION = new Uint8Array(8);
const NAME_BYTES = 20;

/**
 * The most that a caller may send along with its handshake, which is kept until all of it is here. Clients send a BitTorrent
 * handshake of 68 bytes; there is room for an extended handshake and the pieces of a large torrent.
 */
export const MAX_FIRST_BYTES = 16 * 1024;

/** What the two sides have agreed on. */
export interface Agreement {
  /** Undefined: bytes go as they are. */
  readonly encrypt: Rc4 | undefined;
  readonly decrypt: Rc4 | undefined;
  /** What the caller sent with its handshake, decrypted. */
  readonly first: Uint8Array;
}

/** One side of a handshake. Yields how many bytes it needs next, is given them to keep, and throws a `ProtocolError`. */
export type Steps = Generator<number, Agreement, Uint8Array>;

/** What one side needs to write. */
type Send = (bytes: Uint8Array) => void;

/** The side that dialled. `first`: goes along, encrypted. `methods`: those that it offers. */
export function* call(infoHash: InfoHash, first: Uint8Array, methods: readonly Method[], send: Send): Steps {
  const pair = newKeyPair();
  send(concatBytes([pair.publicKey, padding()]));
  const secret = secretWith(pair, yield KEY_BYTES);
  const { caller, answerer } = ciphersOf(secret, infoHash);
  const bits = methods.reduce((all, method) => all | method, 0);
  const offer = concatBytes([VERIFICATION, u32(bits), u16(0), u16(first.length), first]);
  caller.apply(offer);
  send(concatBytes([endOfPadding(secret), veiled(torrentName(infoHash), secret), offer]));

  const mark = VERIFICATION.slice();
  answerer.apply(mark);
  yield* skipTo(mark);
  const answer = yield 6;
  answerer.apply(answer);
  const chosen = methods.find((method) => method === numberAt(answer, 0, 4));
  if (chosen === undefined) throw new ProtocolError("encryption", "the peer chose what was not offered");
  yield* skipPadding(numberAt(answer, 4, 2), answerer);
  return agreement(chosen, caller, answerer, new Uint8Array());
}

/**
 * The side that was dialled. `find`: the torrent of that name, if we have it. `choose`: one of the methods that are offered.
 * `mayExchange`: asked before keys are computed.
 */
export function* answer(
  find: (name: Uint8Array) => InfoHash | undefined,
  choose: (offered: number) => Method | undefined,
  send: Send,
  mayExchange: () => boolean,
): Steps {
  const theirKey = yield KEY_BYTES;
  if (!mayExchange()) throw new ProtocolError("encryption", "the peer's network dials too often");
  const pair = newKeyPair();
  const secret = secretWith(pair, theirKey);
  send(concatBytes([pair.publicKey, padding()]));
  yield* skipTo(endOfPadding(secret));
  const infoHash = find(veiled(yield NAME_BYTES, secret));
  if (infoHash === undefined)
    throw new ProtocolError("encryption", "the peer wants a torrent that is not here");
  const { caller, answerer } = ciphersOf(secret, infoHash);
  const offer = yield VERIFICATION.length + 6;
  caller.apply(offer);
  if (!equalBytes(offer.subarray(0, VERIFICATION.length), VERIFICATION))
    throw new ProtocolError("encryption", "the peer has another key");
  const chosen = choose(numberAt(offer, VERIFICATION.length, 4));
  if (chosen === undefined)
    throw new ProtocolError("encryption", "the peer offers nothing that is allowed here");
  yield* skipPadding(numberAt(offer, VERIFICATION.length + 4, 2), caller);
  const length = yield 2;
  caller.apply(length);
  const firstBytes = numberAt(length, 0, 2);
  if (firstBytes > MAX_FIRST_BYTES)
    throw new ProtocolError("encryption", "the peer announces too long a first message");
  const first = yield firstBytes;
  caller.apply(first);
  const reply = concatBytes([VERIFICATION, u32(chosen), u16(0)]);
  answerer.apply(reply);
  send(reply);
  return agreement(chosen, answerer, caller, first);
}

/** Gives one side of a handshake its bytes as they come. */
export class Handshake {
  readonly #steps: Steps;
  #wanted: number;
  /** Fewer than are wanted. */
  #waiting: Uint8Array = new Uint8Array();

  constructor(steps: Steps) {
    this.#steps = steps;
    this.#wanted = steps.next().value as number; // Each side needs bytes of the other.
  }

  /**
   * Copies the bytes. Undefined: more must come. `rest`: what came after the handshake, still encrypted. Throws a `ProtocolError`
   * if the other side does not keep to the protocol.
   */
  take(bytes: Uint8Array): (Agreement & { readonly rest: Uint8Array }) | undefined {
    let rest = concatBytes([this.#waiting, bytes]);
    while (rest.length >= this.#wanted) {
      const given = rest.slice(0, this.#wanted);
      rest = rest.subarray(this.#wanted);
      const step = this.#steps.next(given);
      if (step.done) return { ...step.value, rest };
      this.#wanted = step.value;
    }
    this.#waiting = rest;
    return undefined;
  }
}

function agreement(chosen: Method, encrypt: Rc4, decrypt: Rc4, first: Uint8Array): Agreement {
  return chosen === METHODS.rc4
    ? { encrypt, decrypt, first }
    : { encrypt: undefined, decrypt: undefined, first };
}

function secretWith(pair: KeyPair, theirs: Uint8Array): Uint8Array {
  const secret = sharedSecret(pair, theirs);
  if (secret === undefined) throw new ProtocolError("encryption", "the peer sent an invalid public key");
  return secret;
}

/** Its length is random, so that a handshake has no length of its own. */
function padding(): Uint8Array {
  return randomBytes(randomInt(MAX_PADDING + 1));
}

/** Reads on until the mark has come, which padding may precede. */
function* skipTo(mark: Uint8Array): Generator<number, void, Uint8Array> {
  let last = yield mark.length;
  for (let skipped = 0; !equalBytes(last, mark); skipped++) {
    if (skipped === MAX_PADDING) throw new ProtocolError("encryption", "the peer does not end its padding");
    last = concatBytes([last.subarray(1), yield 1]);
  }
}

function* skipPadding(length: number, cipher: Rc4): Generator<number, void, Uint8Array> {
  if (length > MAX_PADDING) throw new ProtocolError("encryption", "the peer announces too much padding");
  cipher.apply(yield length);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** A big-endian number of so many bytes. */
function numberAt(bytes: Uint8Array, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduce((number, byte) => number * 256 + byte, 0);
}
