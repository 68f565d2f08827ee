import type { PeerAddress } from "#shared/announce/compact.ts";
import type { Dial, Link, LinkEvents } from "#shared/driver/ports.ts";
import type { LinkEnd } from "#shared/session/link-end.ts";

/** What we say before a peer answers is said again another way. A handshake has 68 bytes; whoever says more dials once. */
const MAX_SAID_BYTES = 1024;

/** Dials in one way after the other, until the peer says something. Whoever cannot be reached is not dialled again. */
export function dialEachWay(ways: readonly Dial[]): Dial {
  return (address, events) => new TryingLink(ways, address, events);
}

/** A link that opens once, whichever way the peer turns out to speak. */
class TryingLink implements Link {
  readonly #address: PeerAddress;
  readonly #events: LinkEvents;
  /** Those that have not been tried. */
  #ways: readonly Dial[];
  #inner: Link;
  /** All that was said, until the peer answers. */
  #said: Uint8Array[] = [];
  /** The link as others see it has opened. */
  #wasOpen = false;
  /** The link of this way is open. */
  #isOpen = false;
  #isNearby = false;
  #isAnswered = false;
  #hasEnded = false;

  constructor([first, ...others]: readonly Dial[], address: PeerAddress, events: LinkEvents) {
    if (first === undefined) throw new Error("There must be a way to dial.");
    this.#address = address;
    this.#events = events;
    this.#ways = others;
    this.#inner = this.#dial(first);
  }

  send(bytes: Uint8Array, sent?: () => void): void {
    if (this.#isAnswered) return this.#inner.send(bytes, sent);
    const said = bytes.slice();
    sent?.();
    this.#said.push(said);
    if (this.#isOpen) this.#inner.send(said);
    if (this.#said.reduce((sum, { length }) => sum + length, 0) > MAX_SAID_BYTES) this.#settle();
  }

  close(): void {
    this.#ways = [];
    this.#inner.close();
  }

  #dial(way: Dial): Link {
    return way(this.#address, {
      opened: () => this.#opened(),
      nearby: () => {
        if (!this.#isNearby) this.#events.nearby();
        this.#isNearby = true;
      },
      encrypted: () => this.#events.encrypted?.(),
      arrived: (bytes) => {
        if (!this.#isAnswered) this.#settle();
        this.#events.arrived(bytes);
      },
      drained: this.#events.drained,
      ended: (reason) => this.#ended(reason),
    });
  }

  #opened(): void {
    this.#isOpen = true;
    for (const bytes of this.#said) this.#inner.send(bytes);
    if (this.#ways.length === 0) this.#settle();
    if (!this.#wasOpen) this.#events.opened();
    this.#wasOpen = true;
  }

  /** It stays with this way. */
  #settle(): void {
    this.#isAnswered = true;
    this.#ways = [];
    this.#said = [];
  }

  #ended(reason: LinkEnd | undefined): void {
    if (this.#hasEnded) return;
    const [next, ...others] = this.#ways;
    if (next !== undefined && reason === "theyLeft") {
      this.#ways = others;
      this.#isOpen = false;
      this.#inner = this.#dial(next);
      return;
    }
    this.#hasEnded = true;
    this.#events.ended(reason === "noRoute" && this.#wasOpen ? "theyLeft" : reason);
  }
}
