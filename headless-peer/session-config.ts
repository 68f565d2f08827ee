import { DEFAULT_CONFIG, type SessionConfig } from "#shared/session/config.ts";

/** What a caller may choose. */
export interface SessionWishes {
  /** How many peers of one torrent to look for. Absent: as many as suit a desktop. */
  readonly peersSought?: number;
}

/** A desktop or server can do more than a page: a link costs it a socket, not a WebRTC connection. */
const HEADLESS_CONFIG: SessionConfig = {
  ...DEFAULT_CONFIG,
  maxLinks: 200, // As many as other clients allow; with their buffers they stay below 200 MB.
  maxDials: 30, // Half open at once: what other clients allow and home routers cope with.
  peersSought: 50, // As many as trackers name at once: other peers can still find us.
  linksRemembered: 2_000, // Ten times as many as can be open, as on the page.
};

/** The numbers of a headless peer's session; `port` is where it listens. */
export function sessionConfig(wishes: SessionWishes, port: number | undefined): SessionConfig {
  const { peersSought = HEADLESS_CONFIG.peersSought } = wishes;
  return { ...HEADLESS_CONFIG, peersSought, port };
}
