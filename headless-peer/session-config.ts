import { DEFAULT_CONFIG, type SessionConfig } from "#shared/session/config.ts";

/** What is asked of a peer. */
export interface SessionWishes {
  /** Peers of one torrent that are looked for. Absent: as many as a desktop should. */
  readonly peersSought?: number;
}

/** A desktop or server bears more than a page: its links cost a socket each, not a WebRTC connection. */
const HEADLESS_CONFIG: SessionConfig = {
  ...DEFAULT_CONFIG,
  maxLinks: 200, // As many as other clients allow; with their buffers they stay below 200 MB.
  maxDials: 30, // Half open at once: what other clients do, and home routers bear.
  peersSought: 50, // As many as trackers name at once: who waits for more is found by others.
  linksRemembered: 2_000, // Ten times what there may be at once, as on the page.
};

/** The numbers of a headless peer's session; `port` is where it listens. */
export function sessionConfig(wishes: SessionWishes, port: number | undefined): SessionConfig {
  const { peersSought = HEADLESS_CONFIG.peersSought } = wishes;
  return { ...HEADLESS_CONFIG, peersSought, port };
}
