import { hostEngine } from "./engine-host.ts";
import { FarPeers } from "./far-peers.ts";
import type { FromEngine, ToEngine } from "./messages.ts";

// The worker that runs the engine, so that nothing that the page does can slow down a transfer.

const say = (message: FromEngine): void => postMessage(message);
const peers = new FarPeers(say);
const hear = hostEngine(say, { platform: peers.platform, hear: (fact) => peers.hear(fact) });

addEventListener("message", ({ data }: MessageEvent<ToEngine>) => hear(data));
addEventListener("unhandledrejection", (event) => {
  event.preventDefault(); // The page reports it.
  say({ type: "bug", error: event.reason });
});

const ready = (): void => say({ type: "ready", takesChannels: typeof RTCDataChannel === "function" });
const { locks }: Partial<Navigator> = navigator;
if (locks === undefined) ready();
else {
  // The page notices by this lock when the worker has ended.
  const held = locks.request(self.name, () => {
    ready();
    return new Promise(() => {});
  });
  held.catch(ready); // This browser refuses locks, as with blocked cookies.
}
