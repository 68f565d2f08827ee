/** The sentences of the tracker's views, in plain English. Each empty list and each error names the next step. */
import { plural } from "../format.ts";
import { ago, until } from "./ago.ts";

export const NOTHING_HERE = "There is nothing at this address. The link may be incomplete.";

export const CATALOG_INTRODUCTION =
  "What people have published at this tracker. The files come from them, not from the tracker.";
export const CATALOG_EMPTY =
  "Nobody has published anything yet. Share a file, then press Show in the catalog on its card.";
export const UPLOAD_HINT =
  "For torrents that you seed elsewhere. The trackers that the file names are left out.";
export const NO_PEERS =
  "Nobody is sharing it right now. Download it anyway: it starts when somebody comes online.";
export const WITH_KEY =
  "This .torrent will carry a key of yours, so that BitTorrent clients may announce with it. Do not pass it on.";

export function nothingFound(text: string): string {
  return `Nothing matches “${text}”. Try fewer or shorter words.`;
}

/** An entry that nobody seeds. */
export function unseeded(lastSeededAt: string | undefined, goesAt: string | undefined, now: number): string {
  const since = lastSeededAt === undefined ? "yet" : sinceSeeded(lastSeededAt, now);
  const goes =
    goesAt === undefined ? "" : ` Unless somebody does, it leaves the catalog ${until(goesAt, now)}.`;
  return `Nobody has seeded this ${since}.${goes}`;
}

function sinceSeeded(moment: string, now: number): string {
  const when = ago(moment, now);
  if (when === "just now") return "for a moment";
  return when.startsWith("on ") ? when.replace("on", "since") : `for ${when.replace(/ ago$/, "")}`;
}

export const PUBLISH_INTRODUCTION =
  "Everybody who opens this tracker's catalog will find it. Keep this page open, or nobody can download it.";
export const PUBLISHED = "people find it there without the link.";
export const UNPUBLISH_QUESTION = "Take it out of the catalog? The share link keeps working.";

export const TRACKER_INTRODUCTION =
  "Everybody who is sharing or downloading with the help of this tracker. No file passes through it.";

/** Swarms that the list does not name. */
export function otherSwarms(count: number, isAdmin: boolean): string {
  const what = plural(count, "more swarm", "more swarms");
  return isAdmin ? `… and ${what}.` : `… and ${what}, smaller or not in the catalog.`;
}

export const NO_SWARMS = "Nothing from the catalog is being shared right now.";

/** The tracker did not say who is logged in. */
export function accountUnknown(problem: string): string {
  return `This page cannot find out who is logged in. ${problem} The page also tries again by itself.`;
}

export const LOGIN_TO_GO_ON =
  "This tracker introduces only people with an account to each other. Once you have logged in, your files go on by themselves.";
export const REGISTRATION_CLOSED = "Registration is closed. Ask whoever runs this tracker for an account.";
export const PASSWORD_HINT = "At least 8 characters. Nobody can send you a forgotten password.";
export const CODE_HINT =
  "Only if you run this tracker: its terminal shows a code for the first administrator.";
export const PASSWORD_CHANGED = "Your password is changed. Every other browser is logged out.";

export const KEYS_INTRODUCTION =
  "A key lets a BitTorrent client or tabswarm seed announce in your name. Give each program a key of its own, so that you can revoke it alone.";
export const NO_KEYS = "You have no keys. Make one for each program that should announce in your name.";
export const KEY_ONCE = "Copy it now: the tracker keeps no copy and will not show it again.";
export const REPLACE_HINT =
  "The old key keeps working for a day, so that you can enter the new one everywhere.";

export function revokeQuestion(name: string): string {
  return `Revoke “${name}”? Whatever announces with it stops at once.`;
}

export const DELETE_ACCOUNT =
  "This deletes your account, your keys and everything you have published. Your files stay on your device.";

export function removeAccountQuestion(name: string): string {
  return `Remove the account “${name}” with its keys and everything it has published? Nobody can undo this.`;
}
