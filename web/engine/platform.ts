import type { Random } from "#shared/base/random.ts";

export const browserRandom: Random = {
  below: (bound) => Math.floor(Math.random() * bound),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** Whether this browser has WebRTC and it is turned on. */
export const hasRtc = typeof RTCPeerConnection === "function";
