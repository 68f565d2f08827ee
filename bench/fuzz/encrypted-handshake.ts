import { answer, Handshake } from "#headless-peer/links/encryption/handshake.ts";
import {
  ciphersOf,
  endOfPadding,
  KEY_BYTES,
  newKeyPair,
  sharedSecret,
  torrentName,
  veiled,
} from "#headless-peer/links/encryption/key-exchange.ts";
import { chosenOf } from "#headless-peer/links/encryption/rules.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { INFO_HASH } from "./seeds.ts";

/** Answers an encrypted handshake of which the input is what is encrypted. */
export function answerEncrypted(input: Uint8Array): unknown {
  const written: Uint8Array[] = [];
  const infoHash = INFO_HASH as InfoHash;
  const choose = (offered: number) => chosenOf("allow", offered);
  const handshake = new Handshake(
    answer(
      () => infoHash,
      choose,
      (bytes) => written.push(bytes),
      () => true,
    ),
  );
  const pair = newKeyPair();
  handshake.take(pair.publicKey);
  const secret = sharedSecret(pair, concatBytes(written).subarray(0, KEY_BYTES));
  if (secret === undefined) throw new Error("Our own key is one.");
  const encrypted = input.slice();
  ciphersOf(secret, infoHash).caller.apply(encrypted);
  const name = veiled(torrentName(infoHash), secret);
  const agreement = handshake.take(concatBytes([endOfPadding(secret), name, encrypted]));
  return agreement && { first: agreement.first, rest: agreement.rest };
}
