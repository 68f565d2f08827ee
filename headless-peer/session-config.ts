import type { DeviceKind } from "#shared/base/device.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "#shared/session/config.ts";

/** What a caller may choose. */
export interface SessionWishes {
  /** How many peers of one torrent to look for. Absent: as many as suit a desktop. */
  readonly peersSought?: number;
  /** What to call this device to the peers of swarms that are not private. Absent: nothing. */
  readonly deviceName?: string | undefined;
}

/** A desktop or server can do more than a page: a link costs it a socket, not a WebRTC connection. */
const HEADLESS_CONFIG: SessionConfig = {
  ...DEFAULT_CONFIG,
  maxLinks: 200, // As many as other clients allow; with their buffers they stay below 200 MB.
  maxDials: 30, // Half open at once: what other clients allow and home routers cope with.
  peersSought: 50, // As many as trackers name at once: other peers can still find us.
  linksRemembered: 2_000, // Ten times as many as can be open, as on the page.
};

/** The most peers that anybody can choose for a torrent: as many as there are links. */
export const MAX_PEERS = HEADLESS_CONFIG.maxLinks;

/** The numbers of a headless peer's session; `port` is where it listens. */
export function sessionConfig(wishes: SessionWishes, port: number | undefined): SessionConfig {
  const { peersSought = HEADLESS_CONFIG.peersSought, deviceName } = wishes;
  return { ...HEADLESS_CONFIG, peersSought, port, device: deviceKind(process.platform), deviceName };
}

/** The systems that peers have words for. */
const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, DeviceKind["system"]>>> = {
  android: "Android",
  darwin: "macOS",
  linux: "Linux",
  win32: "Windows",
};

/** What peers may say we are, such as `Tabswarm on Linux`. Undefined on a rarer system, which would tell who we are. */
export function deviceKind(platform: NodeJS.Platform): DeviceKind | undefined {
  const system = SYSTEMS[platform];
  return system && { program: "Tabswarm", system };
}
