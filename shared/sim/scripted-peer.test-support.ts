import type { PeerAddress } from "../announce/compact.ts";
import { peerAddress } from "../announce/compact.ts";
import { type LinkId, linkIdCounter, type OfferId, type PeerId, type TrackerUrl } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import type { Input } from "../session/input.ts";
import type { LinkKind } from "../session/link-end.ts";
import { Framer } from "../wire/framer.ts";
import { decodeHandshake, encodeHandshake, HANDSHAKE_BYTES } from "../wire/handshake.ts";
import { decodeMessage, encodeMessage, type Message } from "../wire/message.ts";
import type { End, Party } from "./end.ts";
import type { SimNode } from "./node.test-support.ts";
import type { Listener } from "./node-links.ts";
import type { SampleTorrent } from "./sample-torrent.ts";
import type { Member } from "./tracker.ts";
import { TRACKER, type World } from "./world.test-support.ts";

/** How a scripted peer reacts to events. */
export interface Script {
  readonly opened?: (link: LinkId) => void;
  /** Called for each message after the handshake. */
  readonly heard?: (message: Message, link: LinkId) => void;
}

/** A peer that follows only the test's rules. It answers offers and records messages. */
export class ScriptedPeer implements Party, Member, Listener {
  readonly peerId: PeerId;
  /** Where it listens after `listen`. */
  readonly address: PeerAddress;
  readonly messages: Message[] = [];
  /** Set by the test, so that it can refer to the peer. */
  script: Script = {};
  /** Whether it sends its handshake when a link opens. */
  greets = true;
  fast = true;
  answers = true;
  readonly #world: World;
  readonly #torrent: SampleTorrent;
  readonly #newLink = linkIdCounter();
  readonly #ends = new Map<LinkId, { readonly end: End; readonly framer: Framer }>();

  constructor(world: World, torrent: SampleTorrent, peerId = world.newPeerId()) {
    this.#world = world;
    this.#torrent = torrent;
    this.peerId = peerId;
    this.address = world.newAddress();
  }

  /** The pieces requested from it, each once. */
  get piecesAsked(): readonly number[] {
    const asked = this.messages.flatMap((message) =>
      message.type === "request" ? [message.range.piece] : [],
    );
    return [...new Set(asked)];
  }

  /** Links that are open or opening. */
  get links(): readonly LinkId[] {
    return [...this.#ends.keys()];
  }

  /** Joins the swarm, so that others find it. */
  join(tracker: TrackerUrl = TRACKER, isSeeding = true): this {
    this.#world.tracker(tracker).join(this, this.#torrent.infoHash, this.peerId, isSeeding);
    return this;
  }

  /** Listens for TCP from now on. */
  listen(): this {
    this.#world.listen(this);
    return this;
  }

  accept(dialled: End): void {
    this.#world.network.join(dialled, this.#newEnd("tcp"));
  }

  /** Offers a link to one node. */
  offerTo(node: SimNode, tracker: TrackerUrl = TRACKER): OfferId {
    const offerId = this.#world.newOfferId();
    this.#world.tracker(tracker).offer(node, this.#torrent.infoHash, this.peerId, offerId, this.#newEnd());
    return offerId;
  }

  /** Dials over TCP, from this IP address. */
  dial(node: SimNode, ip = "198.51.100.1"): LinkId {
    const from = parseIp(ip);
    if (from === undefined) throw new Error(`bad test data: ${ip}`);
    const end = this.#newEnd("tcp");
    node.accept(end, peerAddress(from, 6_881));
    return end.link;
  }

  say(message: Exclude<Message, { type: "unknown" }>, link = this.#lastLink()): void {
    this.sayBytes(encodeMessage(message), link);
  }

  sayBytes(bytes: Uint8Array, link = this.#lastLink()): void {
    const end = this.#ends.get(link)?.end;
    if (end !== undefined) this.#world.network.send(end, bytes);
  }

  /** Sends a block, with its first byte flipped if it should be bad. */
  sayBlock(piece: number, begin: number, length: number, isGood = true): void {
    const proven = this.#torrent.info.layout.piece(piece);
    if (proven === undefined) throw new Error(`there is no piece ${piece}`);
    const bytes = this.#torrent.piece(proven).slice(begin, begin + length);
    if (!isGood) bytes[0] = (bytes[0] ?? 0) ^ 0xff;
    this.say({ type: "block", piece, begin, bytes });
  }

  close(link = this.#lastLink()): void {
    const end = this.#ends.get(link)?.end;
    if (end !== undefined) this.#world.network.close(end);
    this.#ends.delete(link);
  }

  hear(input: Input): void {
    if (!this.answers || input.type !== "offerArrived") return;
    const end = this.#newEnd();
    const answer = { ...input, type: "answerOffer", link: end.link, peerId: this.peerId } as const;
    this.#world.tracker(input.tracker).answer(this, { ...answer, toPeerId: input.peerId }, end);
  }

  offerAnswered(): void {}

  linkOpened(link: LinkId): void {
    const { infoHash } = this.#torrent;
    if (this.greets)
      this.sayBytes(
        encodeHandshake({ infoHash, peerId: this.peerId, fast: this.fast, extended: true }),
        link,
      );
    this.script.opened?.(link);
  }

  bytesArrived(link: LinkId, bytes: Uint8Array): void {
    for (const frame of this.#ends.get(link)?.framer.push(bytes.slice()) ?? []) {
      if (isHandshake(frame)) continue;
      const message = decodeMessage(frame);
      this.messages.push(message);
      this.script.heard?.(message, link);
    }
  }

  linkDrained(): void {}

  linkClosed(link: LinkId): void {
    this.#ends.delete(link);
  }

  #newEnd(kind: LinkKind = "rtc"): End {
    const link = this.#newLink();
    const rates = { upBytesPerSecond: 10_000_000, downBytesPerSecond: Number.POSITIVE_INFINITY };
    const { network } = this.#world;
    const end = network.newEnd(link, kind, this, network.newLine(rates));
    this.#ends.set(link, { end, framer: new Framer() });
    return end;
  }

  #lastLink(): LinkId {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error("the scripted peer has no link");
    return link;
  }
}

function isHandshake(frame: Uint8Array): boolean {
  if (frame.length !== HANDSHAKE_BYTES || frame[0] !== 0x13) return false;
  return decodeHandshake(frame).infoHash.length > 0;
}

/** A scripted peer that has everything and serves at once, with `script` overriding that. */
export function scriptedSeeder(world: World, torrent: SampleTorrent, script: Script = {}): ScriptedPeer {
  const peer = new ScriptedPeer(world, torrent);
  peer.script = {
    opened: () => {
      peer.say({ type: "haveAll" });
      peer.say({ type: "unchoke" });
    },
    heard: (message) => {
      if (message.type !== "request") return;
      const { piece, begin, length } = message.range;
      peer.sayBlock(piece, begin, length);
    },
    ...script,
  };
  return peer;
}
