import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Modules that simple-peer requires but a page can do without, and what is there for them: see web/engine/simple-peer. */
export const SIMPLE_PEER_NEEDS: Readonly<Record<string, string>> = Object.fromEntries(
  ["buffer", "debug", "err-code", "get-browser-rtc", "queue-microtask", "randombytes", "readable-stream"].map(
    (name) => [name, here(`engine/simple-peer/${name}.cjs`)],
  ),
);

/** simple-peer's methods for audio, video, trickled candidates and Node streams, which `RtcLink` does not use. */
const UNUSED_METHODS = [
  "addTransceiver",
  "addStream",
  "addTrack",
  "replaceTrack",
  "removeTrack",
  "removeStream",
  "_onTrack",
  "_requestMissingTransceivers",
  "getStats",
  "_maybeReady",
  "_write",
  "_addIceCandidate",
  "send",
  "_onChannelMessage",
  "_onChannelBufferedAmountLow",
  "_onInterval",
  "_onFinish",
];
const UNUSED_METHOD = new RegExp(`^ {2}(${UNUSED_METHODS.join("|")}) \\(.*\\) \\{\\n[^]*?^ {2}\\}$`, "gm");

/** Removes what we do not use of simple-peer, including its log: a twentieth of the page. */
export const slimSimplePeer: Plugin = {
  name: "slim-simple-peer",
  apply: "build",
  transform: {
    filter: { id: /\/simple-peer\/index\.js$/ },
    handler: (code) => code.replace(UNUSED_METHOD, "  $1 () {}").replace(/^ *this\._debug\(.*\)$/gm, ""),
  },
};
