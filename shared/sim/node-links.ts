import { type PeerAddress, peerAddress, peerIp } from "../announce/compact.ts";
import type { LinkId } from "../base/ids.ts";
import type { Input } from "../session/input.ts";
import type { LinkEnd, LinkKind } from "../session/link-end.ts";
import { type End, otherEnd, type Party } from "./end.ts";
import type { Line, LineRates } from "./line.ts";
import type { Network } from "./network.ts";

/** A peer that can be dialled. */
export interface Listener {
  readonly address: PeerAddress;
  accept(dialled: End, from: PeerAddress): void;
}

/** A node's links: turns what happens to them into inputs. */
export class NodeLinks implements Party {
  readonly line: Line;
  readonly #network: Network;
  readonly #newLink: () => LinkId;
  readonly #feed: (input: Input) => void;
  readonly #ends = new Map<LinkId, End>();

  constructor(network: Network, rates: LineRates, newLink: () => LinkId, feed: (input: Input) => void) {
    this.#network = network;
    this.line = network.newLine(rates);
    this.#newLink = newLink;
    this.#feed = feed;
  }

  get size(): number {
    return this.#ends.size;
  }

  has(link: LinkId): boolean {
    return this.#ends.has(link);
  }

  /** Whose line the other end of a link is on. */
  partyAt(link: LinkId): number | undefined {
    const end = this.#ends.get(link);
    return end?.path && otherEnd(end.path, end).line.party;
  }

  newEnd(link: LinkId, kind: LinkKind): End {
    const end = this.#network.newEnd(link, kind, this, this.line);
    this.#ends.set(link, end);
    return end;
  }

  /** Makes a WebRTC link's offer, or the answer to one. */
  describe(link: LinkId, offer: string | undefined): void {
    const sdp = this.#network.describe(this.newEnd(link, "rtc"), offer);
    this.#network.soon(() => {
      if (this.#ends.has(link)) this.#feed({ type: "described", link, sdp });
    });
  }

  /** An answer to such an offer. */
  takeAnswer(link: LinkId, sdp: string): void {
    const end = this.#ends.get(link);
    if (end === undefined || this.#network.takeAnswer(end, sdp)) return;
    this.#network.close(end);
    this.#network.soon(() => this.linkClosed(link, "negotiationFailed"));
  }

  /** Undefined as `there`: nobody listens. */
  dial(link: LinkId, there: Listener | undefined, from: PeerAddress): void {
    const end = this.newEnd(link, "tcp");
    if (there !== undefined) return there.accept(end, from);
    this.#network.close(end);
    this.linkClosed(link, "noRoute");
  }

  /** Takes a link from a peer, whose system chose the port that it dials from. */
  accept(dialled: End, from: PeerAddress): void {
    const link = this.#newLink();
    const end = this.newEnd(link, "tcp");
    this.#network.join(dialled, end);
    this.#feed({ type: "linkAccepted", link, address: peerAddress(peerIp(from), 50_000 + (link % 15_000)) });
  }

  /** Nothing, if the link has just ended: the session hears of it next. */
  send(link: LinkId, bytes: Uint8Array): void {
    const end = this.#ends.get(link);
    if (end !== undefined) this.#network.send(end, bytes);
  }

  close(link: LinkId): void {
    const end = this.#ends.get(link);
    if (end !== undefined) this.#network.close(end);
    this.#ends.delete(link);
  }

  /** Closes every link, and tells nobody here. */
  closeAll(): void {
    for (const end of [...this.#ends.values()]) this.#network.close(end);
  }

  /** Every link breaks, without either side closing it. */
  cutAll(): void {
    for (const end of [...this.#ends.values()]) {
      this.#network.close(end);
      this.linkClosed(end.link, "theyLeft");
    }
  }

  offerAnswered(link: LinkId): void {
    this.#feed({ type: "offerAnswered", link });
  }

  linkOpened(link: LinkId): void {
    this.#feed({ type: "linkOpened", link });
  }

  bytesArrived(link: LinkId, bytes: Uint8Array): void {
    this.#feed({ type: "bytesArrived", link, bytes });
  }

  linkDrained(link: LinkId, queuedBytes: number): void {
    this.#feed({ type: "linkDrained", link, queuedBytes });
  }

  linkClosed(link: LinkId, reason: LinkEnd): void {
    this.#ends.delete(link);
    this.#feed({ type: "linkClosed", link, reason });
  }
}
