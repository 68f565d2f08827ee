import type { PeerView } from "#shared/session/view.ts";
import { people, retry } from "../card/card-texts.ts";
import { formatDuration } from "../format.ts";
import { deviceWords } from "../peer-words.ts";

/** What names the tabs together. */
export const DETAILS = "Details";
export const OVERVIEW = "Overview";

export const NO_PEERS = "Nobody is connected right now.";
export const NO_TRACKERS = "None that a browser can reach.";
export const PEER_COLUMNS = ["Peer", "Link", "Has", "Down", "Up", "Pieces", "Failed", "Score"] as const;

export const PEER_NOTE =
  "Pieces: good ones that this peer sent at least a part of. Failed: those that did not pass their check. Score: the useful share of what it did, from 0 to 100; a new peer starts at 50, a failed piece counts as much as eight good ones, and a part that never came as two.";

/** What the person there calls the device; else what it is, or how its client names itself. */
export const peerName = (peer: PeerView): string => deviceWords(peer, peer.client);

/** How we are connected. */
export function linkWords({ kind, isNearby, isIntroduced }: PeerView): string {
  const words = [kind === "rtc" ? "WebRTC" : "TCP"];
  if (isNearby) words.push("nearby");
  if (isIntroduced) words.push("introduced by a peer");
  return words.join(", ");
}

/** We ask one tracker of each tier. Stands between its address and its state. */
export const tierSentence = (tier: number): string => `Tier ${tier}. `;

/** The state of one tracker. Follows its address. */
export function trackerSentence(
  state: "waiting" | "connecting" | "working" | "refused" | "unreachable" | "standby",
  seeders: number,
  leechers: number,
  message: string | undefined,
  seconds: number | undefined,
): string {
  const said = message === undefined ? "" : `: ${message.replace(/[.\s]+$/, "")}`;
  switch (state) {
    case "waiting":
      return "Not asked yet.";
    case "connecting":
      return "Connecting…";
    case "working": {
      const counts = `${people(seeders)} with everything, ${people(leechers)} still downloading, including you.`;
      const note = message === undefined ? "" : ` It says${said}.`;
      return `Working. ${counts}${note}${seconds === undefined ? "" : ` Next request in ${formatDuration(seconds)}.`}`;
    }
    case "refused":
      return `Refused${said}. ${retry(seconds)}`;
    case "standby":
      return `Standing by${said}.`;
    case "unreachable":
      return `Cannot be reached${said}. ${retry(seconds)}`;
  }
}
