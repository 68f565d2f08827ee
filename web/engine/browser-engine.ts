import type { DeviceKind } from "#shared/base/device.ts";
import type { PeerId, TrackerUrl } from "#shared/base/ids.ts";
import { type Engine, type EnginePorts, startEngine } from "#shared/driver/engine.ts";
import { guarded } from "#shared/driver/refusing-tracker.ts";
import type { RtcPlatform } from "#shared/driver/rtc.ts";
import { webSocketTrackers } from "#shared/driver/websocket-tracker.ts";
import { DEFAULT_CONFIG } from "#shared/session/config.ts";
import { Pace } from "#shared/session/pace.ts";
import { PEER_INTRODUCTIONS } from "#shared/session/peer-introductions.ts";
import { REVEALING } from "#shared/session/revealing.ts";
import { WebSeeding } from "#shared/session/web-seeding.ts";
import { browserClock } from "./browser-clock.ts";
import { fetchRangeOnceLoaded } from "./load-fetch-range.ts";
import { browserRandom } from "./platform.ts";
import { sha1 } from "./sha1.ts";

/** What differs between the engine of the page and that of a program which uses the library. */
export interface BrowserPorts
  extends Pick<EnginePorts, "target" | "selectFiles" | "keepMetadata" | "happened" | "reportBug"> {
  /** Undefined: there is no WebRTC here. */
  readonly rtc: RtcPlatform | undefined;
  /** Trackers that may be on this machine or its network. */
  readonly isTrusted: (url: TrackerUrl) => boolean;
  readonly openSocket: (url: TrackerUrl) => WebSocket;
}

/** Starts the engine in a browser, on a page or in a worker. `device`: what peers are told of it. */
export function startBrowserEngine(
  peerId: PeerId,
  device: DeviceKind | undefined,
  { isTrusted, openSocket, ...ports }: BrowserPorts,
): Engine {
  const openTracker = webSocketTrackers(browserClock, openSocket);
  return startEngine(
    peerId,
    { ...DEFAULT_CONFIG, device },
    {
      ...ports,
      clock: browserClock,
      random: browserRandom,
      parts: {
        pace: new Pace({ up: undefined, down: undefined }, DEFAULT_CONFIG),
        webSeeding: new WebSeeding(),
        ...(ports.rtc ? { introductions: PEER_INTRODUCTIONS, revealing: REVEALING } : {}),
      },
      sha1,
      dial: undefined,
      fetchRange: fetchRangeOnceLoaded,
      openTracker: guarded(openTracker, isTrusted),
    },
  );
}
