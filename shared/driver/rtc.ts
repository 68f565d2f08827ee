import { ROUTE_KINDS, type RouteKind, type Routes } from "../session/link-end.ts";
import { LOW_WATER_BYTES, MAX_CHANNEL_MESSAGE_BYTES, Outbox } from "./outbox.ts";
import type { Link, LinkEvents } from "./ports.ts";

/** The part of `RTCDataChannel` that we use. */
export interface DataChannel {
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  addEventListener(type: "open" | "bufferedamountlow" | "close", listener: () => void): void;
}

/** The part of `RTCPeerConnection` that we use. simple-peer uses more. */
export interface PeerConnection {
  readonly sctp?: { readonly maxMessageSize: number } | null;
  createDataChannel(label: string, options?: object): DataChannel;
  getStats(): Promise<{ forEach(each: (report: unknown) => void): void }>;
  addEventListener(type: "datachannel", listener: (event: { readonly channel: DataChannel }) => void): void;
}

/** A platform's three WebRTC classes, as simple-peer expects them. */
export interface WebRtc {
  readonly RTCPeerConnection: new (config: object) => PeerConnection;
  readonly RTCSessionDescription: unknown;
  readonly RTCIceCandidate: unknown;
}

/** The part of simple-peer that we use: it negotiates, and we use the channel. */
export interface SimplePeer {
  on(event: "signal", listener: (description: { type: string; sdp: string }) => void): void;
  on(event: "error", listener: (error: { readonly code?: string }) => void): void;
  on(event: "close", listener: () => void): void;
  signal(description: { type: string; sdp: string }): void;
  destroy(): void;
}

export type SimplePeerConstructor = new (options: {
  initiator: boolean;
  trickle: false;
  config: object;
  wrtc: WebRtc;
  iceCompleteTimeout: number;
}) => SimplePeer;

/** What a platform provides for WebRTC links. */
export interface RtcPlatform {
  readonly SimplePeer: SimplePeerConstructor;
  readonly wrtc: WebRtc;
  /** Asked for each link: passwords of TURN servers expire. Always set, because simple-peer defaults to public servers. */
  readonly iceServers: () => readonly object[];
  /** Whether an open connection leads to a device on this one's own network. Asked once. */
  readonly isNearby: (connection: PeerConnection) => Promise<boolean>;
}

export interface RtcEvents extends LinkEvents {
  /** Our offer or answer is ready to send. */
  readonly described: (sdp: string) => void;
  /** Both sides have said how they can be reached. Called once at most, before `opened`. */
  readonly offered: (routes: Routes) => void;
}

/** Lines of every data channel offer (RFC 8842, RFC 8839). */
const OFFER_PARTS = ["m=application", "a=fingerprint:", "a=ice-ufrag:"];

/** Whether an offer looks valid enough to spend a connection object on it. Browsers allow only a few. */
export function isOffer(sdp: string): boolean {
  return OFFER_PARTS.every((part) => sdp.includes(part));
}

/** We leave out slower candidates. Those that matter on a LAN or through our STUN server take 0.1 s. */
const GATHERING_MILLIS = 800;

/** A peer with a lower limit would cost more than it is worth. Known clients accept 64 KiB and more. */
const MIN_MESSAGE_BYTES = 1_024;

/** simple-peer's errors when both sides know offer and answer, but no path between them works. */
const NO_ROUTE_CODES: readonly (string | undefined)[] = [
  "ERR_ICE_CONNECTION_FAILURE",
  "ERR_ICE_CONNECTION_CLOSED",
  "ERR_CONNECTION_FAILURE",
];

/**
 * A WebRTC link: a reliable, ordered stream of bytes over one data channel. simple-peer makes offer and answer,
 * without trickle. We use the data channel directly, because simple-peer's stream is five times slower.
 */
export class RtcLink implements Link {
  readonly #events: RtcEvents;
  readonly #peer: SimplePeer;
  readonly #isNearby: RtcPlatform["isNearby"];
  #connection: PeerConnection | undefined;
  #channel: DataChannel | undefined;
  #outbox: Outbox | undefined;
  #errorCode: string | undefined;
  #flushIsDue = false;
  #isClosed = false;
  #ourRoutes: readonly RouteKind[] | undefined;
  #theirRoutes: readonly RouteKind[] | undefined;
  #wasOpen = false;

  /** Makes an offer, or answers `offerSdp`. */
  constructor(platform: RtcPlatform, offerSdp: string | undefined, events: RtcEvents) {
    this.#events = events;
    this.#isNearby = platform.isNearby;
    this.#peer = new platform.SimplePeer({
      initiator: offerSdp === undefined,
      trickle: false,
      config: { iceServers: platform.iceServers() },
      wrtc: this.#watching(platform.wrtc),
      iceCompleteTimeout: GATHERING_MILLIS,
    });
    this.#peer.on("signal", ({ type, sdp }) => this.#signalled(type, sdp));
    this.#peer.on("error", ({ code }) => {
      this.#errorCode = code; // `close` follows.
    });
    this.#peer.on("close", () => this.#ended());
    if (offerSdp !== undefined) this.#signal("offer", offerSdp);
  }

  /** Takes the answer to our offer. */
  answer(sdp: string): void {
    this.#signal("answer", sdp);
  }

  /** Queues bytes for the other side. They are sent in a microtask, after the current code. */
  send(bytes: Uint8Array): void {
    this.#outbox?.push(bytes);
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    void Promise.resolve().then(() => {
      this.#flushIsDue = false;
      this.#flush();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#flush(); // A last message may be waiting.
    this.#isClosed = true;
    this.#peer.destroy();
    this.#events.ended(undefined);
  }

  /** simple-peer does not expose its channel, so we watch the class that creates it. */
  #watching(wrtc: WebRtc): WebRtc {
    const adopt = (connection: PeerConnection): void => this.#adoptConnection(connection);
    function WatchedPeerConnection(config: object): PeerConnection {
      const connection = new wrtc.RTCPeerConnection(config);
      adopt(connection);
      return connection;
    }
    return { ...wrtc, RTCPeerConnection: WatchedPeerConnection as unknown as WebRtc["RTCPeerConnection"] };
  }

  #adoptConnection(connection: PeerConnection): void {
    this.#connection = connection;
    const create = connection.createDataChannel.bind(connection);
    connection.createDataChannel = (label, options) => {
      const channel = create(label, options);
      this.#adoptChannel(channel);
      return channel;
    };
    connection.addEventListener("datachannel", ({ channel }) => this.#adoptChannel(channel));
  }

  #adoptChannel(channel: DataChannel): void {
    if (this.#channel !== undefined) return; // We use only the first.
    this.#channel = channel;
    channel.addEventListener("open", () => this.#opened(channel));
    channel.addEventListener("bufferedamountlow", () => this.#flush());
    channel.addEventListener("close", () => this.#ended());
  }

  #opened(channel: DataChannel): void {
    if (this.#isClosed) return;
    const messageBytes = this.#connection?.sctp?.maxMessageSize ?? MAX_CHANNEL_MESSAGE_BYTES;
    if (messageBytes < MIN_MESSAGE_BYTES) return this.#peer.destroy();
    this.#wasOpen = true;
    // By now simple-peer has set these for its own stream, which we do not use.
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.onmessage = ({ data }) => this.#arrived(data);
    this.#outbox = new Outbox(channel, messageBytes);
    this.#events.opened();
    if (this.#connection !== undefined) void this.#place(this.#connection);
  }

  async #place(connection: PeerConnection): Promise<void> {
    const isNearby = await this.#isNearby(connection);
    if (isNearby && !this.#isClosed) this.#events.nearby();
  }

  #arrived(data: unknown): void {
    if (this.#isClosed) return;
    if (data instanceof ArrayBuffer) this.#events.arrived(new Uint8Array(data));
    else this.#peer.destroy(); // Text does not belong in a stream of bytes.
  }

  #flush(): void {
    if (this.#isClosed || this.#outbox === undefined || this.#channel === undefined) return;
    try {
      this.#outbox.flush();
    } catch {
      return this.#peer.destroy(); // The channel is closing.
    }
    const queuedBytes = this.#outbox.queuedBytes + this.#channel.bufferedAmount;
    if (queuedBytes <= LOW_WATER_BYTES) this.#events.drained(queuedBytes);
  }

  #signalled(type: string, sdp: string): void {
    if (this.#isClosed || this.#ourRoutes !== undefined || (type !== "offer" && type !== "answer")) return;
    this.#ourRoutes = routeKinds(sdp);
    this.#tellRoutes();
    this.#events.described(withoutSnap(sdp));
  }

  #tellRoutes(): void {
    const [ours, theirs] = [this.#ourRoutes, this.#theirRoutes];
    if (ours !== undefined && theirs !== undefined) this.#events.offered({ ours, theirs });
  }

  #signal(type: "offer" | "answer", sdp: string): void {
    try {
      this.#peer.signal({ type, sdp: withoutSnap(sdp) });
    } catch {
      return this.#peer.destroy(); // Its `close` event reports that the negotiation failed.
    }
    this.#theirRoutes = routeKinds(sdp);
    this.#tellRoutes();
  }

  #ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#peer.destroy();
    if (this.#wasOpen) return this.#events.ended("theyLeft");
    this.#events.ended(NO_ROUTE_CODES.includes(this.#errorCode) ? "noRoute" : "negotiationFailed");
  }
}

/** The kinds of candidates in a description (RFC 8839). Without trickle it has them all. */
function routeKinds(sdp: string): readonly RouteKind[] {
  return ROUTE_KINDS.filter((kind) => new RegExp(`^a=candidate:.* typ ${kind}\\b`, "m").test(sdp));
}

/**
 * Removes the shortcut through SCTP's handshake (draft-hancke-tsvwg-snap). It works only if both sides support it, but
 * libdatachannel up to 0.24.5 copies the line into its answers without supporting it, and the channel never opens.
 */
function withoutSnap(sdp: string): string {
  return sdp.replace(/^a=sctp-init:.*(?:\r?\n|$)/gm, "");
}
