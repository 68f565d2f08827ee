import { bytesToHex } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, parseInfoHash, type ShareKey, type TrackerUrl } from "../base/ids.ts";
import { parseShareKey } from "../base/share-key.ts";
import { parseTrackerUrl, parseTrackerUrls } from "../base/tracker-url.ts";
import { v2OnlyError } from "./info.ts";
import type { Magnet } from "./magnet.ts";
import { safeName } from "./safe-path.ts";
import { type ReadWebSeeds, readWebSeeds } from "./web-seeds.ts";

/** A parsed magnet or share link. */
export interface Link extends Magnet {
  /** In a share link: the root of the page that it opens, which is a Tabswarm tracker. */
  readonly page: TrackerUrl | undefined;
  /** In a share link: the key of an encrypted share. It is for nobody but whoever opens the link. */
  readonly key: ShareKey | undefined;
  /** Peer addresses (BEP 9, `x.pe`), unparsed. */
  readonly peers: readonly string[];
  /** Number of trackers that were invalid or too many. */
  readonly trackersLeftOut: number;
  /** Web seeds that were invalid, as the link writes them, and how many were too many. */
  readonly webSeedsLeftOut: Omit<ReadWebSeeds, "webSeeds">;
}

/** About as many files as a torrent with 10 MB of metadata can have. */
export const MAX_SELECTED_FILES = 250_000;

/** Peers that we take from a link. They are for the first contact, and know others. */
export const MAX_LINK_PEERS = 20;

const WHAT_TO_PASTE =
  "Paste a magnet link (magnet:?xt=urn:btih:…), a share link, or the 40 characters of an info-hash.";

const MARK = /[\s.,;:!?*"'`“”’»)\]}]/;

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648

/**
 * Parses one magnet link (BEP 9), share link `<page>#<info-hash>[&tr=…]*[&ws=…]*[&dn=…][&k=…]`, or what follows its `#`. Ignores unknown
 * parameters. Throws a `ProtocolError` with a sentence for anything else. For pasted text, use `findLinks`.
 */
export function parseLink(text: string): Link {
  const [, url = "", fragment = ""] = /^(https?:[^#]*)?#?(.*)$/is.exec(text) ?? [];
  const page = url === "" ? undefined : parseTrackerUrl(url.replace(/^(https?:\/\/[^/?]*).*$/is, "$1/"));
  const [, isMagnet, rest = ""] = /^(magnet:\?)?(.*)$/is.exec(fragment) ?? [];
  const parameters = rest.split("&").map(splitParameter);
  const hash = isMagnet === undefined ? parseHash(parameters.shift()?.[0] ?? "") : topicOf(parameters);
  const key = isMagnet === undefined ? readKey(parameters) : undefined;
  return { ...readParameters(hash, parameters), page, key };
}

/** An error that says what to paste instead. */
export function notALink(what: string): ProtocolError {
  return new ProtocolError("notALink", `${what} ${WHAT_TO_PASTE}`);
}

type Parameter = readonly [key: string, value: string];

function topicOf(parameters: readonly Parameter[]): InfoHash {
  const topics = parameters
    .filter(([key]) => key === "xt")
    .map(([, value]) => unescaped(value).toLowerCase());
  const hash = topics.find((topic) => topic.startsWith("urn:btih:"))?.slice("urn:btih:".length);
  if (hash !== undefined) return parseHash(hash);
  if (topics.some((topic) => topic.startsWith("urn:btmh:"))) throw v2OnlyError();
  throw notALink("That magnet link names no torrent.");
}

/** `tr.1` means `tr`: some programs number repeated parameters. `&amp;` is an `&` copied from HTML. */
function splitParameter(text: string): Parameter {
  const at = text.indexOf("=");
  const key = at < 0 ? text : text.slice(0, at);
  const name = key.toLowerCase().replace(/^(amp;|#38;)+|\.\d+$/g, "");
  return [name, at < 0 ? "" : text.slice(at + 1)];
}

/** A magnet link has none: programs that know nothing of keys would pass it on to their trackers and logs. */
function readKey(parameters: readonly Parameter[]): ShareKey | undefined {
  const [, text] = parameters.find(([name]) => name === "k") ?? [];
  if (text === undefined) return undefined;
  const key = parseShareKey(firstWord(text).replace(/[^A-Za-z0-9_-]+$/, ""));
  if (key !== undefined) return key;
  throw new ProtocolError(
    "badKey",
    "The key in this share link is damaged: what follows &k= must be 43 letters, digits, - and _. Copy the whole link again.",
  );
}

/** Words may follow the hash. */
function parseHash(text: string): InfoHash {
  const [word = ""] = /^[0-9a-z]*/i.exec(text) ?? [];
  const infoHash = parseInfoHash(word) ?? parseBase32(word.toLowerCase());
  if (infoHash !== undefined) return infoHash;
  // A SHA-256, bare or as a multihash.
  if (/^(1220)?[0-9a-f]{64}$/i.test(word)) throw v2OnlyError();
  throw notALink("That names no torrent.");
}

function parseBase32(text: string): InfoHash | undefined {
  if (!/^[a-z2-7]{32}$/.test(text)) return undefined;
  const bits = Array.from(text, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return parseInfoHash(
    bytesToHex(Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))),
  );
}

function readParameters(infoHash: InfoHash, parameters: readonly Parameter[]): Omit<Link, "page" | "key"> {
  const values = (wanted: string): string[] =>
    parameters.flatMap(([key, value]) => (key === wanted && value !== "" ? [value] : []));
  // Words may follow every value but the name, which may itself consist of several.
  const words = (wanted: string): string[] => values(wanted).map((value) => unescaped(firstWord(value)));
  const [name] = values("dn");
  const [selection] = words("so");
  const named = new Set(words("tr").map((text) => parseTrackerUrl(text) ?? text));
  const trackers = parseTrackerUrls(named);
  const { webSeeds, ...webSeedsLeftOut } = readWebSeeds(words("ws"));
  return {
    infoHash,
    // HTML forms encode a space as `+`.
    displayName: name && safeName(unescaped(name.replaceAll("+", " "))),
    trackers,
    selectedFiles: selection ? parseSelection(selection) : undefined,
    peers: words("x.pe").slice(0, MAX_LINK_PEERS),
    webSeeds,
    trackersLeftOut: named.size - trackers.length,
    webSeedsLeftOut,
  };
}

/** Parses numbers and ranges such as `0,2,4-7`. */
function parseSelection(text: string): number[] {
  const files = new Set<number>();
  let named = 0;
  for (const range of text.split(",")) {
    const [, first = "", last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range) ?? [];
    const size = Number(last) - Number(first) + 1;
    named += size; // Counted before we list them, and again each time that a file is repeated.
    if (first === "" || size < 1 || named > MAX_SELECTED_FILES) {
      throw new ProtocolError(
        "badSelection",
        "The link's choice of files (so=…) cannot be read. Remove that part of the link to get all files.",
      );
    }
    for (let file = Number(first); file <= Number(last); file++) files.add(file);
  }
  return [...files].sort((left, right) => left - right);
}

function firstWord(text: string): string {
  const [first = "", more] = text.trim().split(/\s+/, 2);
  return more === undefined ? first : withoutMarks(first);
}

/** Strips trailing marks that do not belong to a link. A bracket that was opened inside it does. */
export function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && MARK.test(text.charAt(end - 1))) {
    if (text.charAt(end - 1) === ")" && text.includes("(")) break;
    end -= 1;
  }
  return text.slice(0, end);
}

/** Percent-decodes. A stray `%` stays. */
export function unescaped(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
