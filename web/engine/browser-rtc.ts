import SimplePeer from "simple-peer/index.js";
import type { IceServer } from "#shared/announce/tracker-config.ts";
import { isConnectionNearby } from "#shared/driver/nearby.ts";
import type { RtcPlatform, SimplePeerConstructor, WebRtc } from "#shared/driver/rtc.ts";

// The page shows itself before this is here, and loads it while it opens its database.

export { browserKind } from "./browser-kind.ts";
export { NearPeers } from "./worker/near-peers.ts";

/** This browser's WebRTC. */
export function browserRtc(iceServers: () => readonly IceServer[]): RtcPlatform {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = window;
  const wrtc = { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } as unknown as WebRtc;
  return {
    SimplePeer: SimplePeer as unknown as SimplePeerConstructor,
    wrtc,
    iceServers,
    isNearby: isConnectionNearby,
  };
}
