import { LOW_WATER_BYTES, MAX_MESSAGE_BYTES, Outbox } from "./outbox.ts";
import type { Link, LinkEvents } from "./ports.ts";

/** What we need of an `RTCDataChannel`. */
export interface DataChannel {
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  addEventListener(type: "open" | "bufferedamountlow" | "close", listener: () => void): void;
}

/** What we need of an `RTCPeerConnection`; simple-peer needs more of it. */
export interface PeerConnection {
  readonly sctp?: { readonly maxMessageSize: number } | null;
  createDataChannel(label: string, options?: object): DataChannel;
  addEventListener(type: "datachannel", listener: (event: { readonly channel: DataChannel }) => void): void;
}

/** The three WebRTC classes of a platform, as simple-peer takes them. */
export interface WebRtc {
  readonly RTCPeerConnection: new (config: object) => PeerConnection;
  readonly RTCSessionDescription: unknown;
  readonly RTCIceCandidate: unknown;
}

/** What we need of simple-peer: it negotiates, the channel is ours. */
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

/** What a platform brings for WebRTC links. */
export interface RtcPlatform {
  readonly SimplePeer: SimplePeerConstructor;
  readonly wrtc: WebRtc;
  /** Never left to simple-peer, whose own default are public servers. */
  readonly iceServers: readonly object[];
}

export interface RtcEvents extends LinkEvents {
  /** Our offer or answer is ready to be sent. */
  readonly described: (sdp: string) => void;
}

/** What every offer of a data channel has (RFC 8842, RFC 8839). */
const OFFER_PARTS = ["m=application", "a=fingerprint:", "a=ice-ufrag:"];

/** Whether it is worth a connection object, of which browsers bear few, to see what comes of an offer. */
export function isOffer(sdp: string): boolean {
  return OFFER_PARTS.every((part) => sdp.includes(part));
}

/** Candidates that take longer are left out: those that matter on a LAN or behind our STUN server take 0.1 s. */
const GATHERING_MILLIS = 800;

/** A peer that takes only shorter messages would cost more than it is worth; known clients take 64 KiB and more. */
const MIN_MESSAGE_BYTES = 1_024;

/** simple-peer's errors when offer and answer are known to both sides, and no path between them works. */
const NO_ROUTE_CODES: readonly (string | undefined)[] = [
  "ERR_ICE_CONNECTION_FAILURE",
  "ERR_ICE_CONNECTION_CLOSED",
  "ERR_CONNECTION_FAILURE",
];

/**
 * One WebRTC link: a reliable, ordered stream of bytes over one data channel. simple-peer makes offer and
 * answer, without trickle; the channel itself is used bare, because its stream is five times slower.
 */
export class RtcLink implements Link {
  readonly #events: RtcEvents;
  readonly #peer: SimplePeer;
  #connection: PeerConnection | undefined;
  #channel: DataChannel | undefined;
  #outbox: Outbox | undefined;
  #errorCode: string | undefined;
  #flushIsDue = false;
  #isClosed = false;
  #wasDescribed = false;
  #wasOpen = false;

  /** Makes an offer, or answers `offerSdp`. */
  constructor(platform: RtcPlatform, offerSdp: string | undefined, events: RtcEvents) {
    this.#events = events;
    this.#peer = new platform.SimplePeer({
      initiator: offerSdp === undefined,
      trickle: false,
      config: { iceServers: platform.iceServers },
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

  /** The answer to our offer. */
  answer(sdp: string): void {
    this.#signal("answer", sdp);
  }

  /** Takes bytes for the other side; they leave at the end of the current turn of the event loop. */
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
    this.#flush(); // A last word may wait.
    this.#isClosed = true;
    this.#peer.destroy();
    this.#events.ended(undefined);
  }

  /** simple-peer keeps its channel to itself, so we look over the shoulder of the class that makes it. */
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
    if (this.#channel !== undefined) return; // The offerer opens exactly one.
    this.#channel = channel;
    channel.addEventListener("open", () => this.#opened(channel));
    channel.addEventListener("bufferedamountlow", () => this.#flush());
    channel.addEventListener("close", () => this.#ended());
  }

  #opened(channel: DataChannel): void {
    if (this.#isClosed) return;
    const messageBytes = this.#connection?.sctp?.maxMessageSize ?? MAX_MESSAGE_BYTES;
    if (messageBytes < MIN_MESSAGE_BYTES) return this.#peer.destroy();
    this.#wasOpen = true;
    // Set by now by simple-peer for its own stream, which we do not use.
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.onmessage = ({ data }) => this.#arrived(data);
    this.#outbox = new Outbox(channel, messageBytes);
    this.#events.opened();
  }

  #arrived(data: unknown): void {
    if (this.#isClosed) return;
    if (data instanceof ArrayBuffer) this.#events.arrived(new Uint8Array(data));
    else this.#peer.destroy(); // Text has no place in a stream of bytes.
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
    if (this.#isClosed || this.#wasDescribed || (type !== "offer" && type !== "answer")) return;
    this.#wasDescribed = true;
    this.#events.described(withoutSnap(sdp));
  }

  #signal(type: "offer" | "answer", sdp: string): void {
    try {
      this.#peer.signal({ type, sdp: withoutSnap(sdp) });
    } catch {
      this.#peer.destroy(); // Its `close` says that the negotiation failed.
    }
  }

  #ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#peer.destroy();
    if (this.#wasOpen) return this.#events.ended("theyLeft");
    this.#events.ended(NO_ROUTE_CODES.includes(this.#errorCode) ? "noRoute" : "negotiationFailed");
  }
}

/**
 * Leaves out the shortcut through SCTP's handshake (draft-hancke-tsvwg-snap). It works only if both sides know it, and
 * libdatachannel up to 0.24.5 copies the line into its answers without knowing it: then the channel never opens.
 */
function withoutSnap(sdp: string): string {
  return sdp.replace(/^a=sctp-init:.*(?:\r?\n|$)/gm, "");
}
