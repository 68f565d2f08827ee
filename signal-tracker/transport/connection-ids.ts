import { createHmac, timingSafeEqual } from "node:crypto";
import type { IpAddress } from "#shared/base/ip.ts";
import {
  CONNECTION_ID_LIFETIME_SECONDS,
  MAX_CLOCK_SKEW_SECONDS,
  MAX_KEPT_CONNECTION_CODES,
} from "../limits/udp.ts";

/** Bytes of the key: as many as the hash has. */
export const CONNECTION_KEY_BYTES = 32;

const ID_BYTES = 8;
const TIME_BYTES = 2;
const MAC_BYTES = ID_BYTES - TIME_BYTES;
/** The time in an id starts over after 18 hours; the code beside it shows which round it belongs to. */
const TIMES = 2 ** (8 * TIME_BYTES);

/**
 * Connection ids of the UDP tracker protocol (BEP 15): two bytes of time in seconds, and six bytes of an HMAC-SHA256 over the
 * whole time and the client's address. So nobody can forge one or use that of another address, the tracker need not remember
 * any, and every node with the same key accepts what another has issued. The port is left out: routers change it between
 * two packets.
 */
export class ConnectionIds {
  readonly #key: Uint8Array;
  readonly #unixNow: () => number;
  /** Codes made lately, by what they are over: a client shows its id with each of its announces. */
  readonly #macs = new Map<string, Buffer>();

  /** `unixNow`: in milliseconds, as other nodes need to read the time. */
  constructor(key: Uint8Array, unixNow: () => number) {
    this.#key = key;
    this.#unixNow = unixNow;
  }

  /** An id for a client at that address. */
  issue(ip: IpAddress): bigint {
    const seconds = this.#seconds();
    const bytes = Buffer.alloc(ID_BYTES);
    bytes.writeUInt16BE(seconds % TIMES);
    this.#mac(seconds, ip).copy(bytes, TIME_BYTES);
    return bytes.readBigUInt64BE();
  }

  /** Whether a node of this tracker issued the id to that address, not long ago. */
  isValid(id: bigint, ip: IpAddress): boolean {
    const bytes = Buffer.alloc(ID_BYTES);
    bytes.writeBigUInt64BE(id);
    const now = this.#seconds();
    const elapsed = (now - bytes.readUInt16BE() + TIMES) % TIMES;
    const age = elapsed < TIMES / 2 ? elapsed : elapsed - TIMES; // Negative: issued by a node whose clock is ahead.
    if (age > CONNECTION_ID_LIFETIME_SECONDS || age < -MAX_CLOCK_SKEW_SECONDS) return false;
    return timingSafeEqual(this.#mac(now - age, ip), bytes.subarray(TIME_BYTES));
  }

  #seconds(): number {
    return Math.floor(this.#unixNow() / 1_000);
  }

  #mac(seconds: number, ip: IpAddress): Buffer {
    const text = `${seconds} ${ip}`;
    const known = this.#macs.get(text);
    if (known !== undefined) return known;
    const made = createHmac("sha256", this.#key).update(text, "latin1").digest().subarray(0, MAC_BYTES);
    if (this.#macs.size === MAX_KEPT_CONNECTION_CODES) this.#macs.clear();
    this.#macs.set(text, made);
    return made;
  }
}
