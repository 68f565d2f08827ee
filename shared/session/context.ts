import type { LinkId, Millis, PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { encodeMessage, type Message } from "../wire/message.ts";
import type { SessionConfig } from "./config.ts";
import type { Effect } from "./effect.ts";
import type { Peer, Stranger } from "./peer.ts";

/** What every part of the session needs while one input is handled. */
export interface Context {
  readonly peerId: PeerId;
  readonly config: SessionConfig;
  readonly random: Random;
  readonly newLink: () => LinkId;
  /** The links of all torrents. */
  readonly peers: Map<LinkId, Peer>;
  /** Links that have not said which torrent they mean. */
  readonly strangers: Map<LinkId, Stranger>;
  /** The time of the input at hand. */
  now: Millis;
  effects: Effect[];
}

/** Orders a message to be sent. */
export function say(context: Context, peer: Peer, message: Exclude<Message, { type: "unknown" }>): void {
  sendBytes(context, peer, encodeMessage(message));
}

export function sendBytes(context: Context, peer: Peer, bytes: Uint8Array): void {
  peer.saidAt = context.now;
  peer.queuedBytes += bytes.length;
  context.effects.push({ type: "send", link: peer.link, bytes });
}
