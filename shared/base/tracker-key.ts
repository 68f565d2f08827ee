import type { TrackerUrl } from "./ids.ts";

// Keys in announce URLs, by which trackers know whose client announces. A key is a secret, although it is part of a URL.

/** A key that a Tabswarm tracker made: 20 random bytes in base32 (RFC 4648), in lower case. */
export type TrackerKey = string & { readonly trackerKey: unique symbol };

const KEY = /^[a-z2-7]{32}$/;

/** `/announce/<key>` (UNIT3D, torrust, Tabswarm) and `/<key>/announce` (Gazelle). Shorter words are parts of a path. */
const KEY_AFTER = /^(\/(?:[^/]+\/)*announce)\/[\w-]{16,}\/?$/;
const KEY_BEFORE = /^\/[\w-]{16,}(\/announce(?:\.php)?)$/;
/** The names under which trackers take a key as part of the query. Shorter values keep no secret. */
const KEY_FIELD = /^(?:passkey|authkey|torrent_pass|key|pid|uk)=[\w-]{16,}$/;

/** Reads a key from a URL or a header, in either case. */
export function parseTrackerKey(text: string): TrackerKey | undefined {
  const lower = text.toLowerCase();
  return KEY.test(lower) ? (lower as TrackerKey) : undefined;
}

/** The announce URL of a Tabswarm tracker with a key in it: `/announce/<key>`. */
export function withKey(tracker: TrackerUrl, key: TrackerKey): TrackerUrl {
  const [base] = tracker.split("?", 1);
  return `${(base ?? "").replace(/\/(announce\/?)?$/, "")}/announce/${key}` as TrackerUrl;
}

/** The same tracker without the key of whoever announces to it: what links and logs may name. */
export function withoutKey(tracker: TrackerUrl): TrackerUrl {
  const [, head = "", path = "", query] = /^(\w+:\/\/[^/?]+)([^?]*)(?:\?(.*))?$/.exec(tracker) ?? [];
  if (head === "") return tracker;
  const bare = path.replace(KEY_AFTER, "$1").replace(KEY_BEFORE, "$1");
  const fields = query?.split("&").filter((field) => !KEY_FIELD.test(field));
  const kept = fields === undefined || fields.length === 0 ? "" : `?${fields.join("&")}`;
  return bare === path && fields?.length === query?.split("&").length
    ? tracker
    : (`${head}${bare}${kept}` as TrackerUrl);
}
