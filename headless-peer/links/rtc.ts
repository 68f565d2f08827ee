import SimplePeer from "simple-peer";
import type { RtcPlatform, SimplePeerConstructor, WebRtc } from "#shared/driver/rtc.ts";

/** A STUN or TURN server, as browsers take it. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** WebRTC that does not load here is said once in a process, however many ask for it. */
let wasExplained = false;

/**
 * WebRTC by node-datachannel, with these servers and no others. Undefined: its native part does not load on this
 * machine; `explain` is given a sentence for the person, the first time.
 */
export async function nodeRtc(
  iceServers: readonly IceServer[],
  explain: (reason: string) => void,
): Promise<RtcPlatform | undefined> {
  const wrtc = await loadWebRtc().catch((error: unknown) => {
    if (!wasExplained) explain(reasonOf(error));
    wasExplained = true;
  });
  if (wrtc === undefined) return undefined;
  return {
    SimplePeer: SimplePeer as unknown as SimplePeerConstructor,
    wrtc,
    iceServers: iceServers.map(asPolyfillTakesIt),
  };
}

/** Loaded only here: the package is optional, and no native code runs where nobody wants WebRTC. */
async function loadWebRtc(): Promise<WebRtc> {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = await import(
    "node-datachannel/polyfill"
  );

  /** What simple-peer expects of a browser and the polyfill does otherwise. */
  class NodePeerConnection extends RTCPeerConnection {
    constructor(config: object) {
      super(config);
      this.addEventListener("icegatheringstatechange", () => this.#gatheringChanged());
      this.addEventListener("connectionstatechange", () => this.#connectionChanged());
    }

    /** A plain object: simple-peer writes to its `sdp`. */
    override async createOffer(): Promise<object> {
      const { type, sdp } = await super.createOffer();
      return { type, sdp };
    }

    override async createAnswer(): Promise<object> {
      const { type, sdp } = await super.createAnswer();
      return { type, sdp };
    }

    /** Without the empty candidate simple-peer would wait for its time limit. */
    #gatheringChanged(): void {
      if (this.iceGatheringState !== "complete") return;
      this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: null }));
    }

    /** A connection that failed is closed before anybody could see that it failed, and its ICE state is not told again. */
    #connectionChanged(): void {
      if (this.connectionState === "closed") this.dispatchEvent(new Event("iceconnectionstatechange"));
    }
  }
  return {
    RTCPeerConnection: NodePeerConnection as unknown as WebRtc["RTCPeerConnection"],
    RTCSessionDescription,
    RTCIceCandidate,
  };
}

/** A copy, as it is changed in place. Name and credential become part of a URL there. */
function asPolyfillTakesIt({ urls, username, credential }: IceServer): object {
  if (username === undefined || credential === undefined) return { urls };
  return { urls, username: encodeURIComponent(username), credential: encodeURIComponent(credential) };
}

function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `WebRTC does not run on this machine, so only peers with TCP are reached, and no browsers: ${why}`;
}
