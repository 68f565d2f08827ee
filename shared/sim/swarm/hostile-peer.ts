import type { PeerAddress } from "../../announce/compact.ts";
import { ProtocolError } from "../../base/errors.ts";
import { type LinkId, linkIdCounter, type PeerId, type TrackerUrl } from "../../base/ids.ts";
import type { Input } from "../../session/input.ts";
import { Framer } from "../../wire/framer.ts";
import { encodeHandshake } from "../../wire/handshake.ts";
import { decodeMessage } from "../../wire/message.ts";
import type { End, Party } from "../end.ts";
import type { Line } from "../line.ts";
import type { SampleTorrent } from "../sample-torrent.ts";
import type { Member } from "../tracker.ts";
import type { World } from "../world.ts";
import type { Attacker } from "./attack.ts";

/** How often it looks for victims. */
const ANNOUNCE_MILLIS = 10_000;

/** Offers in each announce: as many as the tracker hands out. */
const OFFERS = 10;

/** Its memory has an end, too. */
const MAX_QUEUED_BYTES = 262_144;

interface Known {
  readonly end: End;
  readonly framer: Framer;
  /** Its handshake has arrived. */
  isGreeted: boolean;
}

/** A peer without a session, that attacks whoever it is linked to over WebRTC. It takes every offer, and makes its own. */
export class HostilePeer implements Party, Member {
  readonly address: PeerAddress;
  readonly line: Line;
  readonly #world: World;
  readonly #torrent: SampleTorrent;
  readonly #tracker: TrackerUrl;
  readonly #attacker: Attacker;
  readonly #peerId: PeerId;
  readonly #newLink = linkIdCounter();
  readonly #ends = new Map<LinkId, Known>();
  #offered: readonly End[] = [];
  #isOver = false;

  constructor(world: World, torrent: SampleTorrent, tracker: TrackerUrl, attacker: Attacker, line: Line) {
    this.#world = world;
    this.#torrent = torrent;
    this.#tracker = tracker;
    this.#attacker = attacker;
    this.#peerId = world.newPeerId();
    this.address = world.newAddress();
    this.line = line;
    this.#announce();
    if (Number.isFinite(attacker.lastsMillis))
      world.scheduler.after(attacker.lastsMillis, () => this.#giveUp());
  }

  hear(input: Input): void {
    if (input.type !== "offerArrived" || this.#isOver) return;
    const end = this.#newEnd();
    const ids = { link: end.link, peerId: this.#peerId, toPeerId: input.peerId };
    this.#world.tracker(input.tracker).answer(this, { ...input, ...ids, type: "answerOffer" }, end);
  }

  offerAnswered(): void {}

  linkOpened(link: LinkId): void {
    const { infoHash } = this.#torrent;
    const handshake = encodeHandshake({ infoHash, peerId: this.#peerId, fast: true, extended: true });
    if (this.#attacker.greets) this.#say(link, [handshake]);
    this.#say(link, this.#attacker.opens());
    this.#goOn(link);
  }

  bytesArrived(link: LinkId, bytes: Uint8Array): void {
    const known = this.#ends.get(link);
    if (known === undefined) return;
    try {
      this.#hear(link, known, bytes.slice());
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#forget(known.end); // Another attacker.
    }
  }

  linkDrained(): void {}

  linkClosed(link: LinkId): void {
    this.#ends.delete(link);
  }

  #hear(link: LinkId, known: Known, bytes: Uint8Array): void {
    for (const frame of known.framer.push(bytes)) {
      if (known.isGreeted) this.#say(link, this.#attacker.answers(decodeMessage(frame), this.#describe));
      known.isGreeted = true; // The first frame is the handshake.
    }
  }

  readonly #describe = (offer: string): string => this.#world.network.describe(this.#newEnd(), offer);

  #giveUp(): void {
    this.#isOver = true;
    this.#world.tracker(this.#tracker).leave(this);
    for (const { end } of [...this.#ends.values()]) this.#forget(end);
  }

  #announce(): void {
    if (this.#isOver) return;
    const { infoHash } = this.#torrent;
    for (const end of this.#offered) if (end.path === undefined) this.#forget(end);
    const ends = Array.from({ length: OFFERS }, () => this.#newEnd());
    this.#offered = ends;
    const offers = ends.map(({ link }) => ({ link, offerId: this.#world.newOfferId() }));
    const amounts = { uploaded: 0, downloaded: 0, left: 1, freeSlots: 8 };
    const said = {
      tracker: this.#tracker,
      infoHash,
      peerId: this.#peerId,
      event: "update",
      ...amounts,
    } as const;
    this.#world.tracker(this.#tracker).announce(this, { type: "announce", ...said, offers }, ends);
    this.#world.scheduler.after(ANNOUNCE_MILLIS, () => this.#announce());
  }

  #goOn(link: LinkId): void {
    if (!this.#ends.has(link)) return;
    this.#say(link, this.#attacker.goesOn(link));
    this.#world.scheduler.after(this.#attacker.everyMillis, () => this.#goOn(link));
  }

  #say(link: LinkId, messages: readonly Uint8Array[]): void {
    const end = this.#ends.get(link)?.end;
    if (end !== undefined && end.queuedBytes < MAX_QUEUED_BYTES)
      for (const bytes of messages) this.#world.network.send(end, bytes);
  }

  #forget(end: End): void {
    this.#world.network.close(end);
    this.#ends.delete(end.link);
  }

  #newEnd(): End {
    const link = this.#newLink();
    const end = this.#world.network.newEnd(link, "rtc", this, this.line);
    this.#ends.set(link, { end, framer: new Framer(), isGreeted: false });
    return end;
  }
}
