import WebSocket from "ws";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { OpenTracker, TrackerLine } from "#shared/driver/ports.ts";
import { webSocketTrackers } from "#shared/driver/websocket-tracker.ts";
import { HttpTracker } from "./http-tracker.ts";
import { nodeClock } from "./platform.ts";

/** What trackers are told of us. */
export interface TrackedPeer {
  /** Where we take links over TCP. Undefined: nowhere, so trackers that know only addresses are of no use. */
  readonly port: number | undefined;
  /** By this a tracker knows us again when our address changes. One character for each byte. */
  readonly key: string;
  /** Trackers that the person named: they may be anywhere. */
  readonly trusted: ReadonlySet<TrackerUrl>;
}

/** Bytes of the longest message from a tracker: what the codec reads at the most, in UTF-8. */
const MESSAGE_BYTES_MOST = 512 * 1024;

/** Trackers over WebSocket (offers) and HTTP (addresses). Others are refused, with a sentence. */
export function openTrackers({ port, key, trusted }: TrackedPeer): OpenTracker {
  const openSocket = (url: TrackerUrl): WebSocket => new WebSocket(url, { maxPayload: MESSAGE_BYTES_MOST });
  const overWebSocket = webSocketTrackers(nodeClock, openSocket);
  return (url, events) => {
    if (/^wss?:/.test(url)) return overWebSocket(url, events);
    if (/^https?:/.test(url) && port !== undefined)
      return new HttpTracker(url, { port, key, trusted }, events);
    const reason =
      port === undefined
        ? "it knows only peers over TCP, which is switched off"
        : "UDP trackers are not spoken to yet";
    const refusing: TrackerLine = {
      announce: ({ infoHash }) => events.refused(infoHash, reason),
      answer: () => {},
      close: () => {},
    };
    return refusing;
  };
}
