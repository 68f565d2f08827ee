import { hash, parseOptions, verify } from "@node-rs/argon2";
import { MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS } from "../limits/accounts.ts";
import { type HashFor, HashQueue } from "./hash-queue.ts";
import { AccountRefusal } from "./refusal.ts";

/** Argon2id (RFC 9106), which is the package's default, with OWASP's floor: memory in KiB, passes, lanes. */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash that no password has, for names that nobody has: checking it takes as long as checking any other. */
const NOBODYS = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** What makes the hashes. Tests count its calls. */
export interface Hashing {
  readonly hash: typeof hash;
  readonly verify: typeof verify;
}

/** Hashes and checks passwords. */
export class Passwords {
  readonly #queue: HashQueue;
  readonly #hashing: Hashing;

  constructor(queue = new HashQueue(), hashing: Hashing = { hash, verify }) {
    this.#queue = queue;
    this.#hashing = hashing;
  }

  /** In PHC form. Rejects with an `AccountRefusal` if it is too short or long, or when too many wait. */
  async hash(password: string, whom: HashFor): Promise<string> {
    const bytes = readPassword(password);
    return await this.#queue.run(whom, () => this.#hashing.hash(bytes, ARGON2));
  }

  /** Whether it is the password. Undefined hash: never, after as long as with one. */
  async isRight(passwordHash: string | undefined, password: string, whom: HashFor): Promise<boolean> {
    const isRight = await this.#queue.run(whom, () =>
      this.#hashing.verify(passwordHash ?? NOBODYS, normal(password)),
    );
    return isRight && passwordHash !== undefined;
  }

  /** Whether the hash was made with other parameters than today's. */
  isOutdated(passwordHash: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(passwordHash);
    return (
      memoryCost !== ARGON2.memoryCost ||
      timeCost !== ARGON2.timeCost ||
      parallelism !== ARGON2.parallelism ||
      !passwordHash.startsWith("$argon2id$")
    );
  }
}

function readPassword(password: string): Uint8Array {
  const bytes = normal(password);
  if ([...password].length >= MIN_PASSWORD_CHARACTERS && bytes.length <= MAX_PASSWORD_BYTES) return bytes;
  throw new AccountRefusal(
    "malformedPassword",
    `A password has at least ${MIN_PASSWORD_CHARACTERS} characters, and at most ${MAX_PASSWORD_BYTES} bytes.`,
  );
}

/** Keyboards write the same letter in several ways. */
const normal = (password: string): Uint8Array => new TextEncoder().encode(password.normalize("NFKC"));
