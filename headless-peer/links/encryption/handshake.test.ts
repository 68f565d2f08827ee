import { describe, expect, test } from "vitest";
import { concatBytes } from "#shared/base/bytes.ts";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import {
  type Agreement,
  answer,
  call,
  Handshake,
  MAX_PADDING,
  METHODS,
  type Method,
  type Steps,
} from "./handshake.ts";
import { KEY_BYTES, newKeyPair } from "./key-exchange.ts";
import { TorrentNames } from "./torrent-names.ts";

const INFO_HASH = parseInfoHash("ab".repeat(20)) as InfoHash;
const FIRST = new TextEncoder().encode("the first message");

const names = new TorrentNames();
names.add(parseInfoHash("cd".repeat(20)) as InfoHash);
names.add(INFO_HASH);
const find = (name: Uint8Array): InfoHash | undefined => names.find(name);

/** One side, with what it wants to write. */
function side(steps: (send: (bytes: Uint8Array) => void) => Steps) {
  const written: Uint8Array[] = [];
  const handshake = new Handshake(steps((bytes) => written.push(bytes.slice())));
  return { handshake, read: () => concatBytes(written.splice(0)) };
}

type Side = ReturnType<typeof side>;
type Taken = Agreement & { readonly rest: Uint8Array };

const caller = (methods: readonly Method[], infoHash = INFO_HASH): Side =>
  side((send) => call(infoHash, FIRST, methods, send));
const answerer = (choose: (offered: number) => Method | undefined): Side =>
  side((send) => answer(find, choose, send, () => true));

/** Gives a side bytes in pieces of this length. */
function give({ handshake }: Side, bytes: Uint8Array, length: number): Taken | undefined {
  let agreed: Taken | undefined;
  for (let at = 0; at < bytes.length && agreed === undefined; at += length) {
    const taken = handshake.take(bytes.subarray(at, at + length));
    if (taken !== undefined)
      agreed = { ...taken, rest: concatBytes([taken.rest, bytes.subarray(at + length)]) };
  }
  return agreed;
}

/** Lets both sides go on until they agree. `after`: what the caller sends right behind its handshake. */
function shake(one: Side, other: Side, length: number): readonly [Taken, Taken] {
  let [ours, theirs]: (Taken | undefined)[] = [];
  for (let turn = 0; turn < 4 && (ours === undefined || theirs === undefined); turn++) {
    theirs ??= give(other, one.read(), length);
    ours ??= give(one, other.read(), length);
  }
  if (ours === undefined || theirs === undefined) throw new Error("They do not agree.");
  return [ours, theirs];
}

describe.each([1, 7, 100_000])("in pieces of %i bytes", (length) => {
  test.each([
    ["plain", METHODS.plain],
    ["RC4", METHODS.rc4],
  ] as const)("both sides agree on %s, and the first message comes along", (_, method) => {
    for (let round = 0; round < 20; round++) {
      const [ours, theirs] = shake(
        caller([METHODS.plain, METHODS.rc4]),
        answerer(() => method),
        length,
      );
      expect(theirs.first).toEqual(FIRST);
      for (const [from, to] of [
        [ours, theirs],
        [theirs, ours],
      ] as const) {
        const said = FIRST.slice();
        from.encrypt?.apply(said);
        if (method === METHODS.rc4) expect(said).not.toEqual(FIRST);
        to.decrypt?.apply(said);
        expect(said).toEqual(FIRST);
      }
    }
  });
});

test("what comes right behind the handshake is the rest", () => {
  const [one, other] = [caller([METHODS.rc4]), answerer(() => METHODS.rc4)];
  give(other, one.read(), 1000);
  give(one, other.read(), 1000);
  const theirs = other.handshake.take(concatBytes([one.read(), Uint8Array.of(1, 2, 3)]));
  expect(theirs?.rest).toEqual(Uint8Array.of(1, 2, 3));
});

describe("fails", () => {
  const [bothMethods, rc4] = [[METHODS.plain, METHODS.rc4], () => METHODS.rc4] as const;

  test("for a torrent that is not here", () => {
    const stranger = caller(bothMethods, parseInfoHash("ef".repeat(20)) as InfoHash);
    expect(() => shake(stranger, answerer(rc4), 1000)).toThrow("a torrent that is not here");
  });

  test("if nothing that is offered is allowed, or something else is chosen", () => {
    expect(() =>
      shake(
        caller([METHODS.plain]),
        answerer(() => undefined),
        1000,
      ),
    ).toThrow("nothing that is allowed");
    expect(() => shake(caller([METHODS.plain]), answerer(rc4), 1000)).toThrow("chose what was not offered");
  });

  test("for public keys from which anybody knows the secret", () => {
    for (const key of [new Uint8Array(KEY_BYTES), new Uint8Array(KEY_BYTES).fill(255), one()]) {
      expect(() => give(answerer(rc4), key, 1000)).toThrow("an invalid public key");
      expect(() => give(caller(bothMethods), key, 1000)).toThrow("an invalid public key");
    }
  });

  test("for padding that does not end, without keeping it", () => {
    const endless = concatBytes([newKeyPair().publicKey, new Uint8Array(MAX_PADDING + 19)]);
    expect(give(answerer(rc4), endless, 1)).toBeUndefined();
    expect(() => give(answerer(rc4), concatBytes([endless, new Uint8Array(1)]), 1)).toThrow(
      "does not end its padding",
    );
    const short = endless.subarray(0, KEY_BYTES + MAX_PADDING + 7);
    expect(give(caller(bothMethods), short, 1)).toBeUndefined();
    expect(() => give(caller(bothMethods), endless, 1)).toThrow("does not end its padding");
  });

  function one(): Uint8Array {
    const bytes = new Uint8Array(KEY_BYTES);
    bytes[KEY_BYTES - 1] = 1;
    return bytes;
  }
});
