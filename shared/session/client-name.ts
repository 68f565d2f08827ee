import { hexToBytes } from "../base/bytes.ts";
import type { PeerId } from "../base/ids.ts";

/** The two letters of Azureus-style peer ids (BEP 20) of clients that one meets. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["TW", "Tabswarm"],
  ["WW", "WebTorrent"],
  ["WD", "WebTorrent Desktop"],
  ["LT", "libtorrent"],
  ["lt", "rTorrent"],
  ["qB", "qBittorrent"],
  ["TR", "Transmission"],
  ["GT", "anacrolix"],
  ["DE", "Deluge"],
  ["UT", "µTorrent"],
  ["BI", "BiglyBT"],
]);

/** The client as its peer id names it, such as `WebTorrent 3.0`: a claim, like everything a peer says of itself. */
export function clientName(peerId: PeerId): string {
  const text = String.fromCharCode(...hexToBytes(peerId.slice(0, 16)));
  const azureus = /^-([A-Za-z]{2})([0-9A-Za-z]{4})-$/.exec(text);
  if (azureus === null) return text.startsWith("A2-") ? "aria2" : "unknown";
  const [, letters = "", version = ""] = azureus;
  return `${NAMES.get(letters) ?? letters} ${versionText(letters, version)}`;
}

/** WebTorrent and we use two digits for each part, others one. */
function versionText(letters: string, version: string): string {
  if (!["TW", "WW", "WD"].includes(letters)) return [...version.slice(0, 3)].join(".");
  return `${Number.parseInt(version.slice(0, 2), 10)}.${Number.parseInt(version.slice(2), 10)}`;
}
