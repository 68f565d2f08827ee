import SimplePeer from "simple-peer/index.js";
import type { IceServer } from "#shared/announce/tracker-config.ts";
import type { Random } from "#shared/base/random.ts";
import type { RtcPlatform, SimplePeerConstructor, WebRtc } from "#shared/driver/rtc.ts";

export const browserRandom: Random = {
  below: (bound) => Math.floor(Math.random() * bound),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** Whether this browser has WebRTC and it is turned on. */
export const hasRtc = typeof RTCPeerConnection === "function";

/** This browser's WebRTC. */
export function browserRtc(iceServers: () => readonly IceServer[]): RtcPlatform {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = window;
  const wrtc = { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } as unknown as WebRtc;
  return { SimplePeer: SimplePeer as unknown as SimplePeerConstructor, wrtc, iceServers };
}
