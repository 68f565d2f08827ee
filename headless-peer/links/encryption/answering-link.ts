import { concatBytes, equalBytes } from "#shared/base/bytes.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Link, LinkEvents } from "#shared/driver/ports.ts";
import { PROTOCOL } from "#shared/wire/handshake.ts";
import { type Agreement, answer, Handshake } from "./handshake.ts";
import { chosenOf, type Encryption } from "./rules.ts";
import { sendOver } from "./send-over.ts";

/** What decides whether a peer that dialled us may encrypt, and how. */
export interface AnswerRules {
  readonly encryption: Encryption;
  /** A torrent by the hash that an encrypted handshake names it by. */
  readonly find: (name: Uint8Array) => InfoHash | undefined;
  /** Whether we compute keys for this peer now. */
  readonly mayExchange: () => boolean;
}

/** Takes a link from a peer that dialled us, encrypted or not. */
export function answerWith(
  rules: AnswerRules,
  accept: (events: LinkEvents) => Link,
  events: LinkEvents,
): Link {
  return new AnsweringLink(rules, accept, events);
}

/** A link to a peer that dialled us. Its first bytes tell whether it encrypts. */
class AnsweringLink implements Link {
  readonly #inner: Link;
  readonly #rules: AnswerRules;
  readonly #events: LinkEvents;
  /** Its first bytes, while they may still begin a plain handshake. */
  #start: Uint8Array = new Uint8Array();
  #handshake: Handshake | undefined;
  /** Undefined: it is not yet known how the peer speaks. */
  #agreement: Agreement | undefined;
  #hasEnded = false;

  constructor(rules: AnswerRules, accept: (events: LinkEvents) => Link, events: LinkEvents) {
    this.#rules = rules;
    this.#events = events;
    this.#inner = accept({
      opened: events.opened,
      nearby: events.nearby,
      arrived: (bytes) => this.#arrived(bytes),
      drained: events.drained,
      ended: (reason) => {
        if (!this.#hasEnded) events.ended(reason);
        this.#hasEnded = true;
      },
    });
  }

  /** Whoever was dialled answers a handshake, so that it is known by then how the peer speaks. */
  send(bytes: Uint8Array, sent?: () => void): void {
    sendOver(this.#inner, this.#agreement?.encrypt, bytes, sent);
  }

  close(): void {
    this.#inner.close();
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#agreement !== undefined) {
      this.#agreement.decrypt?.apply(bytes);
      return this.#events.arrived(bytes);
    }
    if (this.#handshake !== undefined) return this.#shakeHands(bytes);
    const start = concatBytes([this.#start, bytes]);
    const length = Math.min(start.length, PROTOCOL.length);
    if (!equalBytes(start.subarray(0, length), PROTOCOL.subarray(0, length))) {
      const { encryption, find, mayExchange } = this.#rules;
      const choose = (offered: number) => chosenOf(encryption, offered);
      const reply = (bytes: Uint8Array): void => this.#inner.send(bytes);
      this.#handshake = new Handshake(answer(find, choose, reply, mayExchange));
      this.#start = new Uint8Array();
      return this.#shakeHands(start);
    }
    this.#start = start;
    if (start.length < PROTOCOL.length) return;
    if (this.#rules.encryption === "require") return this.#refuse();
    this.#agree({ encrypt: undefined, decrypt: undefined, first: start, rest: new Uint8Array() });
  }

  #shakeHands(bytes: Uint8Array): void {
    try {
      const agreement = this.#handshake?.take(bytes);
      if (agreement === undefined) return;
      this.#events.encrypted?.();
      this.#agree(agreement);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse();
    }
  }

  #agree(agreement: Agreement & { readonly rest: Uint8Array }): void {
    this.#agreement = agreement;
    if (agreement.first.length > 0) this.#events.arrived(agreement.first);
    if (agreement.rest.length > 0) this.#arrived(agreement.rest);
  }

  #refuse(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#inner.close();
    this.#events.ended("theyLeft");
  }
}
