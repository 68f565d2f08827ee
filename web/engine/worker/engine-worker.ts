import { hostEngine } from "./engine-host.ts";
import { FarPeers } from "./far-peers.ts";
import type { FromEngine, ToEngine } from "./messages.ts";

// The worker that runs the engine, so that nothing that the page does can slow down a transfer.

const say = (message: FromEngine): void => postMessage(message);
const peers = new FarPeers(say);
const hear = hostEngine(say, { platform: peers.platform, hear: (fact) => peers.hear(fact) });

addEventListener("message", ({ data }: MessageEvent<ToEngine>) => hear(data));
addEventListener("unhandledrejection", ({ reason }) => say({ type: "bug", error: reason }));
say({ type: "ready", takesChannels: typeof RTCDataChannel === "function" });
