import SimplePeer from "simple-peer/index.js";
import type { IceServer } from "#shared/announce/tracker-config.ts";
import { isConnectionNearby } from "#shared/driver/nearby.ts";
import type {
  SimplePeer as Negotiator,
  PeerConnection,
  SimplePeerConstructor,
  WebRtc,
} from "#shared/driver/rtc.ts";
import type { PeerFact, PeerOrder, Say } from "./messages.ts";

/** The page's half of WebRTC for an engine in a worker: simple-peer negotiates here, and the worker gets the data channels. */
export class NearPeers {
  readonly #say: Say<PeerFact>;
  readonly #iceServers: () => readonly IceServer[];
  readonly #peers = new Map<number, Negotiator>();
  readonly #connections = new Map<number, PeerConnection>();

  constructor(say: Say<PeerFact>, iceServers: () => readonly IceServer[]) {
    this.#say = say;
    this.#iceServers = iceServers;
  }

  hear(order: PeerOrder): void {
    switch (order.type) {
      case "openPeer":
        return this.#open(order);
      case "signalPeer":
        return this.#signal(order);
      case "placePeer":
        return void this.#place(order.peer);
      case "destroyPeer":
        return this.#peers.get(order.peer)?.destroy();
    }
  }

  /** Ends all connections. */
  closeAll(): void {
    for (const peer of [...this.#peers.values()]) peer.destroy();
  }

  #open({
    peer: id,
    initiator,
    iceCompleteTimeout,
  }: Extract<PeerOrder, { readonly type: "openPeer" }>): void {
    const peer = new (SimplePeer as unknown as SimplePeerConstructor)({
      initiator,
      trickle: false,
      config: { iceServers: this.#iceServers() },
      wrtc: givingAway(
        (connection) => this.#connections.set(id, connection),
        (channel) => this.#say({ type: "channel", peer: id, channel }, [channel]),
      ),
      iceCompleteTimeout,
    });
    this.#peers.set(id, peer);
    peer.on("signal", ({ type, sdp }) =>
      this.#say({ type: "peerDescribed", peer: id, description: { type, sdp } }),
    );
    peer.on("error", ({ code }) => this.#say({ type: "peerFailed", peer: id, code }));
    peer.on("close", () => {
      this.#peers.delete(id);
      this.#connections.delete(id);
      this.#say({ type: "peerClosed", peer: id });
    });
  }

  async #place(id: number): Promise<void> {
    const connection = this.#connections.get(id);
    const isNearby = connection !== undefined && (await isConnectionNearby(connection));
    this.#say({ type: "peerPlaced", peer: id, isNearby });
  }

  #signal({ peer: id, description }: Extract<PeerOrder, { readonly type: "signalPeer" }>): void {
    const peer = this.#peers.get(id);
    try {
      peer?.signal(description);
    } catch {
      peer?.destroy(); // Its `close` event reports that the negotiation failed.
    }
  }
}

/** WebRTC whose data channels go to `give` as soon as they are made: browsers let them go to a worker only then. */
function givingAway(
  made: (connection: PeerConnection) => void,
  give: (channel: RTCDataChannel) => void,
): WebRtc {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = window;
  class GivingConnection extends RTCPeerConnection {
    constructor(config: RTCConfiguration) {
      super(config);
      made(this as unknown as PeerConnection);
      this.addEventListener("datachannel", ({ channel }) => give(channel));
      // simple-peer must not touch a channel that is no longer here.
      Object.defineProperty(this, "ondatachannel", { value: null, writable: true });
    }

    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      give(super.createDataChannel(label, options));
      return {} as RTCDataChannel; // simple-peer only sets its handlers.
    }
  }
  return { RTCPeerConnection: GivingConnection, RTCSessionDescription, RTCIceCandidate } as unknown as WebRtc;
}
