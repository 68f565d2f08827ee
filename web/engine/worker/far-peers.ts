import type {
  DataChannel,
  PeerConnection,
  RtcPlatform,
  SimplePeer,
  SimplePeerConstructor,
  WebRtc,
} from "#shared/driver/rtc.ts";
import type { Description, PeerFact, PeerOrder } from "./messages.ts";

type Options = ConstructorParameters<SimplePeerConstructor>[0];

/** `a=max-message-size` of the other side's description (RFC 8841). */
const MAX_MESSAGE_SIZE = /^a=max-message-size:(\d+)/m;

/**
 * WebRTC in a worker. Peer connections exist only on the page, so simple-peer negotiates there (`near-peers.ts`), and gives us the
 * data channel.
 */
export class FarPeers {
  readonly #order: (order: PeerOrder) => void;
  readonly #peers = new Map<number, FarPeer>();
  #last = 0;

  constructor(order: (order: PeerOrder) => void) {
    this.#order = order;
  }

  /** WebRTC as `RtcLink` knows it. */
  get platform(): RtcPlatform {
    const start = (options: Options): FarPeer => {
      this.#last += 1;
      const peer = new FarPeer(this.#last, options, this.#order, () => this.#peers.delete(peer.id));
      this.#peers.set(peer.id, peer);
      return peer;
    };
    function FarSimplePeer(options: Options): FarPeer {
      return start(options);
    }
    return {
      SimplePeer: FarSimplePeer as unknown as SimplePeerConstructor,
      wrtc: {
        RTCPeerConnection: FarConnection as unknown as WebRtc["RTCPeerConnection"],
        RTCSessionDescription: undefined,
        RTCIceCandidate: undefined,
      },
      iceServers: () => [], // The page knows them.
      isNearby: (connection) => (connection as FarConnection).isNearby(),
    };
  }

  hear(fact: PeerFact): void {
    const peer = this.#peers.get(fact.peer);
    if (peer !== undefined) peer.hear(fact);
    else if (fact.type === "channel") fact.channel.close(); // Its link has ended meanwhile.
  }
}

/** Stands for a simple-peer on the page. */
class FarPeer implements SimplePeer {
  readonly id: number;
  readonly #order: (order: PeerOrder) => void;
  readonly #gone: () => void;
  readonly #connection: FarConnection;
  #described: (description: Description) => void = () => {};
  #failed: (error: { readonly code?: string }) => void = () => {};
  #closed: () => void = () => {};
  #isOver = false;

  constructor(id: number, options: Options, order: (order: PeerOrder) => void, gone: () => void) {
    this.id = id;
    this.#order = order;
    this.#gone = gone;
    this.#connection = new options.wrtc.RTCPeerConnection(options.config) as FarConnection;
    const { initiator, iceCompleteTimeout } = options;
    this.#connection.place = () => order({ type: "placePeer", peer: id });
    order({ type: "openPeer", peer: id, initiator, iceCompleteTimeout });
  }

  on(event: "signal", listener: (description: Description) => void): void;
  on(event: "error", listener: (error: { readonly code?: string }) => void): void;
  on(event: "close", listener: () => void): void;
  on(event: "signal" | "error" | "close", listener: (value: never) => void): void {
    if (event === "signal") this.#described = listener as (description: Description) => void;
    if (event === "error") this.#failed = listener as (error: { readonly code?: string }) => void;
    if (event === "close") this.#closed = listener as () => void;
  }

  signal(description: Description): void {
    const said = MAX_MESSAGE_SIZE.exec(description.sdp)?.[1];
    if (said !== undefined) this.#connection.limit(Number(said));
    this.#order({ type: "signalPeer", peer: this.id, description });
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#order({ type: "destroyPeer", peer: this.id });
    void Promise.resolve().then(() => this.#end());
  }

  hear(fact: PeerFact): void {
    switch (fact.type) {
      case "channel":
        return this.#connection.adopt(fact.channel);
      case "peerDescribed":
        return this.#described(fact.description);
      case "peerPlaced":
        return this.#connection.placed(fact.isNearby);
      case "peerFailed":
        return this.#failed(fact.code === undefined ? {} : { code: fact.code });
      case "peerClosed":
        return this.#end();
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#gone();
    this.#closed();
  }
}

/** Stands for the peer connection on the page. */
class FarConnection implements PeerConnection {
  sctp: { readonly maxMessageSize: number } | null = null;
  /** Asks the page whether the connection leads to a device nearby. */
  place = (): void => {};
  placed: (isNearby: boolean) => void = () => {};
  #adopt: (event: { readonly channel: DataChannel }) => void = () => {};

  isNearby(): Promise<boolean> {
    return new Promise((resolve) => {
      this.placed = resolve;
      this.place();
    });
  }

  /** The page has the statistics. */
  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(new Map());
  }

  /** The page makes the channel. */
  createDataChannel(): DataChannel {
    throw new Error("only the page can make a data channel");
  }

  addEventListener(_type: "datachannel", listener: (event: { readonly channel: DataChannel }) => void): void {
    this.#adopt = listener;
  }

  /** 0: any message (RFC 8841). */
  limit(messageBytes: number): void {
    if (messageBytes > 0) this.sctp = { maxMessageSize: messageBytes };
  }

  /** Chromium may deliver messages before `open`: they wait until the link listens. */
  adopt(given: RTCDataChannel): void {
    const channel = given as unknown as DataChannel;
    given.binaryType = "arraybuffer";
    const early: { readonly data: unknown }[] = [];
    const wait: DataChannel["onmessage"] = (event) => void early.push(event);
    channel.onmessage = wait;
    this.#adopt({ channel });
    channel.addEventListener("open", () => {
      const listen = channel.onmessage;
      if (listen !== null && listen !== wait) for (const event of early.splice(0)) listen(event);
    });
  }
}
