import SimplePeer from "simple-peer";
import { messageOf } from "#shared/base/errors.ts";
import type { RtcPlatform, SimplePeerConstructor, WebRtc } from "#shared/driver/rtc.ts";

/** A STUN or TURN server, as browsers take them. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** We say once in a process that WebRTC does not load. */
let wasExplained = false;

/**
 * WebRTC by node-datachannel, with the servers that `iceServers` returns for each link and no others. Undefined: its native part does not load on this machine; the
 * first time, `explain` gets a sentence for the person.
 */
export async function nodeRtc(
  iceServers: () => readonly IceServer[],
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
    iceServers: () => iceServers().map(asPolyfillTakesIt),
  };
}

/** Loaded on demand: the package is optional, and no native code runs unless somebody wants WebRTC. */
async function loadWebRtc(): Promise<WebRtc> {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = await import(
    "node-datachannel/polyfill"
  );

  /** Does what simple-peer expects of a browser where the polyfill differs. */
  class NodePeerConnection extends RTCPeerConnection {
    constructor(config: object) {
      super(config);
      this.addEventListener("icegatheringstatechange", () => this.#gatheringChanged());
      this.addEventListener("connectionstatechange", () => this.#connectionChanged());
    }

    /** A plain object, because simple-peer writes to its `sdp`. */
    override async createOffer(): Promise<object> {
      const { type, sdp } = await super.createOffer();
      return { type, sdp };
    }

    override async createAnswer(): Promise<object> {
      const { type, sdp } = await super.createAnswer();
      return { type, sdp };
    }

    /** Without the empty candidate, simple-peer would wait for its timeout. */
    #gatheringChanged(): void {
      if (this.iceGatheringState !== "complete") return;
      this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: null }));
    }

    /** The polyfill closes a failed connection before anybody could see that it failed, and does not report its ICE state again. */
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

/** A copy, because the polyfill changes it. There, name and credential become part of a URL. */
function asPolyfillTakesIt({ urls, username, credential }: IceServer): object {
  if (username === undefined || credential === undefined) return { urls };
  return { urls, username: encodeURIComponent(username), credential: encodeURIComponent(credential) };
}

function reasonOf(error: unknown): string {
  const why = messageOf(error);
  return `WebRTC does not run on this machine, so it reaches only peers over TCP, and no browsers: ${why}`;
}
