import { bytesToHex } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, parseInfoHash, type TrackerUrl } from "../base/ids.ts";
import { parseTrackerUrls } from "../base/tracker-url.ts";
import { v2OnlyError } from "./info.ts";
import { safeName } from "./safe-path.ts";

/** What a link says of a torrent. */
export interface Magnet {
  readonly infoHash: InfoHash;
  /** Until the metadata says the real one. Safe for any file system. */
  readonly displayName: string | undefined;
  readonly trackers: readonly TrackerUrl[];
  /** Indices of files, ascending (BEP 53). Undefined: all. */
  readonly selectedFiles: readonly number[] | undefined;
}

/** Room for every tracker we take; a longer text is something else. */
export const MAX_LINK_CHARACTERS = 65_536;

/** As many files as a torrent of 10 MB metadata may have, roundly. */
export const MAX_SELECTED_FILES = 250_000;

const WHAT_TO_PASTE =
  "Paste a magnet link (magnet:?xt=urn:btih:…), a share link, or the 40 characters of an info-hash.";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648

/**
 * Reads whatever names a torrent: a magnet link (BEP 9), a share link `<page>#<info-hash>[&tr=…]*[&dn=…]` or what follows
 * its `#`, an info-hash in hex or base32. Unknown parameters are ignored. Anything else is a `ProtocolError` whose message
 * says what to paste.
 */
export function parseLink(text: string): Magnet {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LINK_CHARACTERS) throw notALink("That text is too long for a link.");
  if (trimmed === "") throw notALink("There is nothing to open.");
  if (isMagnet(trimmed)) return parseMagnet(trimmed);

  const fragment = trimmed.slice(trimmed.indexOf("#") + 1);
  if (isMagnet(fragment)) return parseMagnet(fragment);
  const [hash = "", ...parameters] = fragment.split("&");
  return readMagnet(parseHash(hash), parameters.map(splitParameter));
}

/** Writes a magnet link (BEP 9, BEP 53). */
export function formatMagnet(magnet: Magnet): string {
  const { selectedFiles } = magnet;
  const selection = selectedFiles === undefined ? "" : `&so=${formatSelection(selectedFiles)}`;
  return `magnet:?xt=urn:btih:${magnet.infoHash}${formatName(magnet)}${formatTrackers(magnet)}${selection}`;
}

/** Writes a link that opens the page at `pageUrl` with the torrent. It always stands for all files. */
export function formatShareLink(pageUrl: string, magnet: Omit<Magnet, "selectedFiles">): string {
  const page = pageUrl.replace(/#.*$/s, "");
  return `${page}#${magnet.infoHash}${formatTrackers(magnet)}${formatName(magnet)}`;
}

type Parameter = readonly [key: string, value: string];

function notALink(what: string): ProtocolError {
  return new ProtocolError("notALink", `${what} ${WHAT_TO_PASTE}`);
}

function isMagnet(text: string): boolean {
  return /^magnet:\?/i.test(text);
}

function parseMagnet(text: string): Magnet {
  const parameters = text.slice("magnet:?".length).split("&").map(splitParameter);
  const topics = parameters.filter(([key]) => key === "xt").map(([, value]) => decoded(value).toLowerCase());
  const hash = topics.find((topic) => topic.startsWith("urn:btih:"))?.slice("urn:btih:".length);
  if (hash !== undefined) return readMagnet(parseHash(hash), parameters);
  if (topics.some((topic) => topic.startsWith("urn:btmh:"))) throw v2OnlyError();
  throw notALink("That magnet link names no torrent.");
}

/** `tr.1` is the same as `tr`: some programs number what comes several times. */
function splitParameter(text: string): Parameter {
  const at = text.indexOf("=");
  const key = at < 0 ? text : text.slice(0, at);
  return [key.toLowerCase().replace(/\.\d+$/, ""), at < 0 ? "" : text.slice(at + 1)];
}

function parseHash(text: string): InfoHash {
  const infoHash = parseInfoHash(text) ?? parseBase32(text.toLowerCase());
  if (infoHash !== undefined) return infoHash;
  // A SHA-256, bare or as a multihash.
  if (/^(1220)?[0-9a-f]{64}$/i.test(text)) throw v2OnlyError();
  throw notALink("That names no torrent.");
}

function parseBase32(text: string): InfoHash | undefined {
  if (!/^[a-z2-7]{32}$/.test(text)) return undefined;
  const bits = Array.from(text, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return parseInfoHash(
    bytesToHex(Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))),
  );
}

function readMagnet(infoHash: InfoHash, parameters: readonly Parameter[]): Magnet {
  const values = (wanted: string): string[] =>
    parameters.filter(([key]) => key === wanted).map(([, value]) => value);
  const [name] = values("dn");
  const [selection] = values("so");
  return {
    infoHash,
    // Forms write a space as `+`.
    displayName: name ? safeName(decoded(name.replaceAll("+", " "))) : undefined,
    trackers: parseTrackerUrls(values("tr").map(decoded)),
    selectedFiles: selection ? parseSelection(decoded(selection)) : undefined,
  };
}

/** Numbers and ranges such as `0,2,4-7`. */
function parseSelection(text: string): number[] {
  const files = new Set<number>();
  let named = 0;
  for (const range of text.split(",")) {
    const [, first = "", last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range) ?? [];
    const size = Number(last) - Number(first) + 1;
    named += size; // Counted before they are listed, and each time that they are named.
    if (first === "" || size < 1 || named > MAX_SELECTED_FILES) {
      throw new ProtocolError(
        "badSelection",
        "The link's choice of files (so=…) cannot be read. Take that part out of the link to get all files.",
      );
    }
    for (let file = Number(first); file <= Number(last); file++) files.add(file);
  }
  return [...files].sort((left, right) => left - right);
}

function formatSelection(files: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const file of files) {
    const run = runs.at(-1);
    if (run?.last === file - 1) run.last = file;
    else runs.push({ first: file, last: file });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/** As it would be saved, so that no name makes a link that is too long. */
function formatName({ displayName }: Pick<Magnet, "displayName">): string {
  return displayName === undefined ? "" : `&dn=${encodeURIComponent(safeName(displayName))}`;
}

function formatTrackers({ trackers }: Pick<Magnet, "trackers">): string {
  return trackers.map((url) => `&tr=${encodeURIComponent(url)}`).join("");
}

/** Text with a stray `%` is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
