import type { PeerView } from "#shared/session/view.ts";
import { people, retry } from "../card/card-texts.ts";
import { formatDuration } from "../format.ts";

/** What names the tabs together. */
export const DETAILS = "Details";
export const OVERVIEW = "Overview";

export const NO_PEERS = "Nobody is connected right now.";
export const NO_TRACKERS = "None that a browser can reach.";
export const PEER_COLUMNS = ["Client", "Link", "Has", "Down", "Up", "Pieces", "Failed", "Score"] as const;

export function linkKind(kind: PeerView["kind"], isIntroduced: boolean): string {
  return `${kind === "rtc" ? "WebRTC" : "TCP"}${isIntroduced ? ", introduced by a peer" : ""}`;
}

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
