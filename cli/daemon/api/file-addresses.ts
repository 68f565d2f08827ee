import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { InfoHash } from "#shared/base/ids.ts";

/** A film that somebody began in the evening still goes on in the morning. */
const ADDRESS_LIFE_MILLIS = 12 * 60 * 60_000;

/** What an address says besides the file. */
export interface AddressProof {
  /** Milliseconds since 1970: it is good until then. */
  readonly until: number;
  readonly key: string;
}

/**
 * Addresses of files for players and downloads of a browser, which cannot show the daemon's token. Each is good for one file and for
 * half a day, and only while this daemon runs.
 */
export class FileAddresses {
  readonly #secret = randomBytes(32);

  /** What to add to the address of a file. `now`: milliseconds since 1970. */
  prove(infoHash: InfoHash, index: number, now: number): AddressProof {
    const until = now + ADDRESS_LIFE_MILLIS;
    return { until, key: this.#sign(infoHash, index, until).toString("hex") };
  }

  /** Whether this daemon has given the address out, and it is still good. */
  isGood(infoHash: InfoHash, index: number, { until, key }: AddressProof, now: number): boolean {
    const own = this.#sign(infoHash, index, until);
    const shown = Buffer.from(key, "hex");
    return shown.length === own.length && timingSafeEqual(shown, own) && now < until;
  }

  #sign(infoHash: InfoHash, index: number, until: number): Buffer {
    return createHmac("sha256", this.#secret).update(`${infoHash}/${index}/${until}`).digest();
  }
}
