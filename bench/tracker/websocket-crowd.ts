import { Buffer } from "node:buffer";
import { ANSWER_END, type CrowdPeer, makeCrowd } from "./crowd.ts";
import { masked, RawSocket, textFrame } from "./raw-socket.ts";

/** Sockets that open at the same time. */
const OPENING_AT_ONCE = 200;

const PEER_ID = '"peer_id":"';
const OFFER_ID = '"offer_id":"';
const TO_PEER_ID = masked(Buffer.from(`,"to_peer_id":"`));
const END_AND_OFFER_ID = masked(Buffer.from(`","offer_id":"`));
const QUOTE = masked(Buffer.from('"'));
const MASKED_ANSWER_END = masked(ANSWER_END);
const ID_BYTES = 20;

interface Member {
  readonly socket: RawSocket;
  readonly frame: Buffer;
  readonly answerStart: Buffer;
  /** Answers that its announce still waits for, and its reply. */
  awaited: number;
  hasReply: boolean;
  startedAt: number;
}

/** Which peers open sockets, and what they send. */
export interface CrowdOptions {
  /** The tracker's. */
  readonly port: number;
  /** The number of the first peer. Crowds that share no torrent do not meet. */
  readonly from?: number;
  readonly size: number;
  /** In each announce. With none, an announce is complete with its reply. */
  readonly offers: number;
}

/** What an announce took, in milliseconds. */
export interface CrowdEvents {
  replied(peer: number, millis: number): void;
  /** The reply and all answers have come back. */
  completed(peer: number, millis: number): void;
}

/** Peers with a socket each, which announce when they are told to and answer every offer. */
export class WebSocketCrowd {
  readonly #members: Member[] = [];
  readonly #offers: number;
  readonly #events: CrowdEvents;

  /** Opens the sockets. */
  static async open(options: CrowdOptions, events: Partial<CrowdEvents>): Promise<WebSocketCrowd> {
    const { port, from = 0, size, offers } = options;
    const crowd = new WebSocketCrowd(offers, { replied: () => {}, completed: () => {}, ...events });
    const peers = makeCrowd(from, size, offers);
    for (let at = 0; at < size; at += OPENING_AT_ONCE) {
      await Promise.all(peers.slice(at, at + OPENING_AT_ONCE).map((peer) => crowd.#join(port, peer)));
    }
    return crowd;
  }

  private constructor(offers: number, events: CrowdEvents) {
    this.#offers = offers;
    this.#events = events;
  }

  /** A peer with an announce under way must not announce again. */
  announce(peer: number, startedAt = performance.now()): void {
    const member = this.#member(peer);
    if (member.awaited > 0) throw new Error("The tracker has fallen far behind.");
    member.awaited = this.#offers + 1;
    member.hasReply = false;
    member.startedAt = startedAt;
    member.socket.send(member.frame);
  }

  /** Lets every peer announce for the first time, which gets no or few answers, and waits for the replies. */
  async announceAll(): Promise<void> {
    for (let at = 0; at < this.#members.length; at += OPENING_AT_ONCE) {
      const some = this.#members.slice(at, at + OPENING_AT_ONCE);
      for (const [index] of some.entries()) this.announce(at + index);
      while (some.some(({ hasReply }) => !hasReply)) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const member of this.#members) member.awaited = 0;
  }

  #join(port: number, { announce, answerStart }: CrowdPeer): Promise<void> {
    const peer = this.#members.length;
    return new Promise((onOpen) => {
      const socket = new RawSocket(port, (text) => this.#receive(peer, text), onOpen);
      const frame = textFrame(masked(announce));
      this.#members.push({
        socket,
        frame,
        answerStart: masked(answerStart),
        awaited: 0,
        hasReply: true,
        startedAt: 0,
      });
    });
  }

  #receive(peer: number, text: Buffer): void {
    const member = this.#member(peer);
    const offerIdAt = text.indexOf(OFFER_ID, 0, "latin1");
    if (offerIdAt === -1) {
      if (text.includes("failure reason", 0, "latin1")) throw new Error(`The tracker refuses: ${text}`);
      member.hasReply = true;
      this.#events.replied(peer, performance.now() - member.startedAt);
    } else if (text.includes('"offer":{', 0, "latin1")) return this.#answer(member, text, offerIdAt);
    if (member.awaited === 0) return; // An answer to its first announce.
    member.awaited -= 1;
    if (member.awaited === 0) this.#events.completed(peer, performance.now() - member.startedAt);
  }

  #answer({ socket, answerStart }: Member, text: Buffer, offerIdAt: number): void {
    const peerIdAt = text.indexOf(PEER_ID, 0, "latin1") + PEER_ID.length;
    const peerId = masked(text.subarray(peerIdAt, peerIdAt + ID_BYTES));
    const idAt = offerIdAt + OFFER_ID.length;
    const offerId = masked(text.subarray(idAt, endOfString(text, idAt)));
    socket.send(
      textFrame(answerStart, TO_PEER_ID, peerId, END_AND_OFFER_ID, offerId, QUOTE, MASKED_ANSWER_END),
    );
  }

  #member(peer: number): Member {
    const member = this.#members[peer];
    if (member === undefined) throw new RangeError(`There is no peer ${peer}.`);
    return member;
  }
}

/** Where the JSON string that goes on at `from` ends. */
function endOfString(text: Buffer, from: number): number {
  let at = from;
  while (text[at] !== 0x22) at += text[at] === 0x5c ? 2 : 1;
  return at;
}
