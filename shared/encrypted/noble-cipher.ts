import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Cipher, Gcm } from "./cipher.ts";

/** It works on so many bytes in one go, four records: some ten milliseconds on a phone. */
const TURN_BYTES = 262_144;

/**
 * The same in JavaScript, for pages on plain http, where browsers keep WebCrypto back: tens of megabytes a second. A piece may have
 * 16 MiB, so whatever else the thread has to do gets its turn in between: `nextTask` resolves after that.
 */
export function nobleCipher(nextTask: () => Promise<void>): Cipher {
  const turns = new Turns(nextTask);
  return {
    derive: async (secret, info, bytes) => new Uint8Array(hkdf(sha256, secret, undefined, info, bytes)),
    gcm: async (key) => nobleGcm(key, turns),
  };
}

function nobleGcm(key: Uint8Array<ArrayBuffer>, turns: Turns): Gcm {
  return {
    seal: (nonce, plain) => turns.work(plain.length, () => gcm(key, nonce).encrypt(plain)),
    open: (nonce, sealed) =>
      turns.work(sealed.length, () => {
        try {
          return gcm(key, nonce).decrypt(sealed);
        } catch {
          return undefined; // It throws a plain `Error` for a wrong tag.
        }
      }),
  };
}

/** One piece of work after the other, with pauses between them. */
class Turns {
  readonly #nextTask: () => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #bytes = 0;

  constructor(nextTask: () => Promise<void>) {
    this.#nextTask = nextTask;
  }

  work<Result>(bytes: number, work: () => Result): Promise<Result> {
    const done = this.#last.then(async () => {
      if (this.#bytes + bytes > TURN_BYTES) {
        await this.#nextTask();
        this.#bytes = 0;
      }
      this.#bytes += bytes;
      return work();
    });
    this.#last = done.catch(() => {}); // Whoever wants the result hears of it.
    return done;
  }
}
