import { ProtocolError } from "../base/errors.ts";
import { type Link, notALink, parseLink, unescaped, withoutMarks } from "./read-link.ts";
import { readWebSeeds, webSeedWarnings } from "./web-seeds.ts";

/** The links found in a text. */
export interface FoundLinks {
  /** At least one; each torrent once. */
  readonly links: readonly Link[];
  /** Sentences about what was left out. */
  readonly leftOut: readonly string[];
}

/** Characters that we search: room for several links with long lists of trackers. */
export const MAX_LINK_CHARACTERS = 65_536;

/** Torrents that one text may add. */
export const MAX_LINKS = 20;

/** Programs that wrap lines do not wrap shorter ones. */
const MIN_WRAPPED_CHARACTERS = 70;

/** Levels of escaping that we remove from a link inside another link. */
const MAX_ESCAPES = 3;

const MAGNET = "magnet(?::|%(?:25){0,2}3a)(?:\\?|%(?:25){0,2}3f)";
const HASH = "(?:(?:1220)?[0-9a-f]{64}|[0-9a-f]{40}|[a-z2-7]{32})(?=$|[^0-9a-z]|https?:|magnet:)";
const SHARE_LINK = `https?:(?:(?!https?:)[^\\s<>"#])*#(?=${HASH}|${MAGNET})`;
/** A hash alone on its line: in running text, 40 letters and digits may be anything. */
const ALONE = `^[^\\w\\n]*(?=${HASH}(?:&|%26|[^\\w\\n]*$))`;
const START = new RegExp(`${SHARE_LINK}(?:${MAGNET})?|${MAGNET}|${ALONE}`, "gim");

/** A line that ends in the middle of a link. */
const UNFINISHED = new RegExp(`[&=%]$|%[0-9a-f]$|(?:btih:|#)(?!${HASH})[0-9a-z]*$`, "i");
/** A share link whose hash continues on the next line. */
const BEGUN = /https?:(?:(?!https?:)[^\s<>"#])*#[0-9a-z]*$/i;
/** Longer than a hash and its prefix. */
const MAX_END_CHARACTERS = 80;
/** A link that was escaped as a whole, perhaps after a page's URL. */
const ESCAPED = /^(https?:[^#]*#)?(?:magnet:?%|[0-9a-z]+%26)/i;
/** Pairs of opening and closing marks around links. */
const PAIRS = "\"\"''``“”‘’«»()[]{}„“";

/**
 * Finds magnet links, share links or what follows their `#`, and info-hashes in hex or base32, as people copy them: in running
 * text, several at once, wrapped, in quotes, escaped. Throws a `ProtocolError` that says what to paste if there is none.
 */
export function findLinks(text: string): FoundLinks {
  const start = startOf(text);
  if (start.trim() === "") throw notALink("There is nothing to open.");
  const first = readAll(unwrapped(start));
  const { links, problems } = first.links.length > 0 ? first : readAll(withoutBlanks(start));
  if (links.length === 0) {
    const what =
      text.length > MAX_LINK_CHARACTERS ? "That text is too long for a link." : "That names no torrent.";
    throw first.problems[0] ?? notALink(what);
  }
  return { links: links.slice(0, MAX_LINKS), leftOut: leftOutOf(text, links, problems) };
}

/** Whether a pasted text contains a link. */
export function holdsLink(text: string): boolean {
  const start = startOf(text);
  return hasLink(unwrapped(start)) || hasLink(withoutBlanks(start));
}

/** Cuts a long text, and drops the parameter at the cut. */
function startOf(text: string): string {
  return text.length <= MAX_LINK_CHARACTERS
    ? text
    : text.slice(0, MAX_LINK_CHARACTERS).replace(/&[^&]*$/, "");
}

/** The last resort: an info-hash that was split by whitespace. */
function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, "");
}

function hasLink(text: string): boolean {
  return text.search(START) >= 0;
}

/** Joins lines that a mail program wrapped, and perhaps quoted with `>`. */
function unwrapped(text: string): string {
  let whole = "";
  let before = "";
  /** The end of the link so far. Empty: not in a link. */
  let end = "";
  for (const line of text.split(/\r\n?|\n/)) {
    const next = line.replace(/^[\s>]+/, "").trimEnd();
    const isPart = /^\S+$/.test(next) && next.search(START) !== 0;
    const isFull = before.length >= MIN_WRAPPED_CHARACTERS;
    const isTorn: boolean =
      end !== "" && (UNFINISHED.test(end) || (isPart && (isFull || /[&%=]/.test(next))));
    whole += isTorn ? next : `\n${next}`;
    if (isTorn) end = (end + next).slice(-MAX_END_CHARACTERS);
    else end = hasLink(next) || BEGUN.test(next) ? next.slice(-MAX_END_CHARACTERS) : "";
    before = next;
  }
  return whole;
}

function readAll(text: string): { links: Link[]; problems: ProtocolError[] } {
  const links = new Map<string, Link>();
  const problems: ProtocolError[] = [];
  const starts = [...text.matchAll(START)].map(({ index }) => index);
  for (const [at, start] of starts.entries()) {
    try {
      const link = parseLink(bare(text.slice(start, starts[at + 1]), text.charAt(start - 1)));
      const known = links.get(link.infoHash);
      links.set(link.infoHash, known === undefined ? link : merged(known, link));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      problems.push(error);
    }
  }
  return { links: [...links.values()], problems };
}

/** Strips the marks and words around a link, and unescapes it if it was escaped as a whole. */
function bare(text: string, before: string): string {
  const marks = before === "" ? -1 : PAIRS.indexOf(before);
  const closing = marks >= 0 && marks % 2 === 0 ? PAIRS.charAt(marks + 1) : "";
  // Names often contain brackets, but rarely quotes.
  const end =
    closing === "" ? -1 : /["'`”’»“]/.test(closing) ? text.indexOf(closing) : text.lastIndexOf(closing);
  let link = text.slice(0, end < 0 ? undefined : end).replace(/^[^a-z0-9]+/i, "");
  link = withoutMarks(link.split(/[<>]/, 1)[0] ?? "");
  for (let level = 0; level < MAX_ESCAPES; level++) {
    const [found, page = ""] = ESCAPED.exec(link) ?? [];
    if (found === undefined) break;
    link = page + unescaped(link.slice(page.length));
  }
  return link;
}

/** Merges two links to the same torrent. */
function merged(one: Link, other: Link): Link {
  return {
    ...one,
    displayName: one.displayName ?? other.displayName,
    trackers: [...new Set([...one.trackers, ...other.trackers])],
    page: one.page ?? other.page,
    key: one.key ?? other.key,
    peers: [...one.peers, ...other.peers],
    webSeeds: readWebSeeds([...one.webSeeds, ...other.webSeeds]).webSeeds,
  };
}

function leftOutOf(text: string, links: readonly Link[], problems: readonly ProtocolError[]): string[] {
  const sentences = new Set(problems.map(({ message }) => `A link was left out. ${message}`));
  const trackers = links.reduce((sum, { trackersLeftOut }) => sum + trackersLeftOut, 0);
  if (text.length > MAX_LINK_CHARACTERS)
    sentences.add(`The text is too long: only its first ${MAX_LINK_CHARACTERS} characters were read.`);
  if (links.length > MAX_LINKS) sentences.add(`Only the first ${MAX_LINKS} links were taken.`);
  if (trackers > 0)
    sentences.add(`Trackers left out, as their addresses are invalid or there are too many: ${trackers}.`);
  for (const { webSeedsLeftOut } of links)
    for (const sentence of webSeedWarnings(webSeedsLeftOut)) sentences.add(sentence);
  return [...sentences];
}
