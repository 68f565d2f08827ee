import type { RTCDataChannelEvent } from "node-datachannel/polyfill";
import SimplePeer from "simple-peer";
import { messageOf } from "#shared/base/errors.ts";
import { isConnectionNearby } from "#shared/driver/nearby.ts";
import type { RtcPlatform, SimplePeerConstructor, WebRtc } from "#shared/driver/rtc.ts";

/** A STUN or TURN server, as browsers take them. */
export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What libdatachannel's bindings return for a channel that SCTP has not numbered yet. */
const NO_NUMBER = 65_535;

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
    iceServers: () => iceServers().map(asLibraryTakesIt),
    isNearby: isConnectionNearby,
  };
}

/** Loaded on demand: the package is optional, and no native code runs unless somebody wants WebRTC. */
async function loadWebRtc(): Promise<WebRtc> {
  const [{ PeerConnection }, { RTCPeerConnection, RTCDataChannel, RTCSessionDescription, RTCIceCandidate }] =
    await Promise.all([import("node-datachannel"), import("node-datachannel/polyfill")]);

  /** Does what simple-peer expects of a browser where the polyfill differs. */
  class NodePeerConnection extends RTCPeerConnection {
    readonly #native: InstanceType<typeof PeerConnection>;

    constructor({ iceServers, ...config }: { readonly iceServers: readonly NativeServer[] }) {
      const native = new PeerConnection("", {
        ...config,
        iceServers: iceServers.flatMap(({ urls }) => urls),
      });
      super({ peerConnection: native });
      this.#native = native;
      this.addEventListener("icegatheringstatechange", () => this.#gatheringChanged());
      this.addEventListener("connectionstatechange", () => this.#connectionChanged());
      this.addEventListener("datachannel", (event) => {
        (event as RTCDataChannelEvent).channel.close = () => {}; // It has a number; see `createDataChannel`.
      });
    }

    /**
     * When two threads close one channel at once, node-datachannel may miss that it ended, and then keeps the process alive for
     * ever. The connection closes every channel that has a number, in a thread of its own. So we close only those without one.
     */
    override createDataChannel(label: string): InstanceType<typeof RTCDataChannel> {
      const native = this.#native.createDataChannel(label);
      const channel = new RTCDataChannel(native);
      channel.close = () => {
        if (native.getId() === NO_NUMBER) native.close();
      };
      return channel;
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

/** A server whose URLs hold its name and credential. */
interface NativeServer {
  readonly urls: readonly string[];
}

function asLibraryTakesIt({ urls, username, credential }: IceServer): NativeServer {
  const each = typeof urls === "string" ? [urls] : urls;
  if (username === undefined || credential === undefined) return { urls: each };
  const login = `${encodeURIComponent(username)}:${encodeURIComponent(credential)}@`;
  return { urls: each.map((url) => url.replace(":", `:${login}`)) };
}

function reasonOf(error: unknown): string {
  const why = messageOf(error);
  return `WebRTC does not run on this machine, so it reaches only peers over TCP, and no browsers: ${why}`;
}
