import type { PeerAddress } from "#shared/announce/compact.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { Dial, Link, LinkEvents } from "#shared/driver/ports.ts";
import { decodeHandshake, HANDSHAKE_BYTES } from "#shared/wire/handshake.ts";
import { type Agreement, call, Handshake, type Method } from "./handshake.ts";
import { sendOver } from "./send-over.ts";

/** An encrypted handshake that takes longer has failed: the peer waits for another protocol. */
export const ENCRYPTED_HANDSHAKE_MILLIS = 5_000;

/** Dials with an encrypted handshake, for the torrent that the BitTorrent handshake names which is sent first. */
export function encryptedDial(dial: Dial, methods: readonly Method[]): Dial {
  return (address, events) => new EncryptedCall(dial, methods, address, events);
}

class EncryptedCall implements Link {
  readonly #inner: Link;
  readonly #methods: readonly Method[];
  readonly #events: LinkEvents;
  /** What waits for the end of the handshake, or for its beginning. */
  #waiting: Uint8Array = new Uint8Array();
  #handshake: Handshake | undefined;
  #agreement: Agreement | undefined;
  #giveUp: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;

  constructor(dial: Dial, methods: readonly Method[], address: PeerAddress, events: LinkEvents) {
    this.#methods = methods;
    this.#events = events;
    this.#inner = dial(address, {
      opened: () => {
        this.#giveUp = setTimeout(() => this.#fail(), ENCRYPTED_HANDSHAKE_MILLIS);
        events.opened();
      },
      nearby: events.nearby,
      arrived: (bytes) => this.#arrived(bytes),
      drained: (queuedBytes) => this.#agreement !== undefined && events.drained(queuedBytes),
      ended: (reason) => {
        clearTimeout(this.#giveUp);
        if (!this.#hasEnded) events.ended(reason);
        this.#hasEnded = true;
      },
    });
  }

  send(bytes: Uint8Array, sent?: () => void): void {
    if (this.#agreement !== undefined) return sendOver(this.#inner, this.#agreement.encrypt, bytes, sent);
    this.#waiting = concatBytes([this.#waiting, bytes]);
    sent?.();
    if (this.#handshake === undefined && this.#waiting.length >= HANDSHAKE_BYTES) this.#begin();
  }

  close(): void {
    this.#inner.close();
  }

  /** The first message goes along with the handshake, which saves a round trip. */
  #begin(): void {
    const first = this.#waiting.subarray(0, HANDSHAKE_BYTES);
    this.#waiting = this.#waiting.subarray(HANDSHAKE_BYTES);
    const { infoHash } = decodeHandshake(first);
    const write = (bytes: Uint8Array): void => this.#inner.send(bytes);
    this.#handshake = new Handshake(call(infoHash, first, this.#methods, write));
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#agreement !== undefined) {
      this.#agreement.decrypt?.apply(bytes);
      return this.#events.arrived(bytes);
    }
    try {
      const agreement = this.#handshake?.take(bytes);
      if (agreement !== undefined) this.#agree(agreement);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail();
    }
  }

  #agree(agreement: Agreement & { readonly rest: Uint8Array }): void {
    clearTimeout(this.#giveUp);
    this.#agreement = agreement;
    this.#events.encrypted?.();
    if (this.#waiting.length > 0) this.send(this.#waiting);
    this.#waiting = new Uint8Array();
    if (agreement.rest.length > 0) this.#arrived(agreement.rest);
  }

  #fail(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#inner.close();
    this.#events.ended("theyLeft");
  }
}
