import { hexToBytes } from "../base/bytes.ts";
import type { PeerId } from "../base/ids.ts";

/** The two letters in Azureus-style peer ids (BEP 20) of common clients. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["TW", "Tabswarm"],
  ["WW", "WebTorrent"],
  ["WD", "WebTorrent Desktop"],
  ["LT", "libtorrent"],
  ["lt", "libTorrent (rTorrent)"],
  ["qB", "qBittorrent"],
  ["TR", "Transmission"],
  ["GT", "anacrolix"],
  ["DE", "Deluge"],
  ["UT", "µTorrent"],
  ["BI", "BiglyBT"],
]);

/** The client that a peer id names, such as `WebTorrent 3.0`: a claim, like everything a peer says about itself. */
export function clientOf(peerId: PeerId): string {
  const text = String.fromCharCode(...hexToBytes(peerId.slice(0, 24)));
  const [, letters = "", version = ""] = /^-([A-Za-z]{2})([0-9A-Za-z]{4})-/.exec(text) ?? [];
  if (letters !== "") return `${NAMES.get(letters) ?? letters} ${versionText(letters, version)}`;
  const [, aria2] = /^A2-(\d+-\d+-\d+)-/.exec(text) ?? [];
  return aria2 === undefined ? "unknown" : `aria2 ${aria2.replaceAll("-", ".")}`;
}

/** Each character is one part of the version, `A` is 10, and the fourth is rarely above 0. A few clients differ. */
function versionText(letters: string, version: string): string {
  const [first = "", second = "", third = "", fourth = ""] = version;
  if (/^W[WD]\d{4}$/.test(letters + version)) return `${Number(first + second)}.${Number(third + fourth)}`;
  if (letters === "TR" && first < "4") return `${first}.${second}${third}`; // 3.00, but 4.0.5 in later versions.
  const parts = [first, second, third].map((part) => Number.parseInt(part, 36));
  return [...parts, ...(/[1-9]/.test(fourth) ? [fourth] : [])].join(".");
}
