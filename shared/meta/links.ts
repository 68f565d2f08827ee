import { ProtocolError } from "../base/errors.ts";
import { type Link, notALink, parseLink, unescaped, withoutMarks } from "./read-link.ts";
import { webSeedText } from "./web-seeds.ts";

/** The links in a text. */
export interface FoundLinks {
  /** At least one; each torrent once. */
  readonly links: readonly Link[];
  /** What was meant and is not among them, in sentences. */
  readonly leftOut: readonly string[];
}

/** Characters that are looked at: several links with every tracker that anybody names. */
export const MAX_LINK_CHARACTERS = 65_536;

/** Torrents that are added at once. */
export const MAX_LINKS = 20;

/** Programs that break lines on their own break none that is shorter. */
const MIN_WRAPPED_CHARACTERS = 70;

/** Levels of escaping that are taken off a link that is a parameter of another one. */
const MAX_ESCAPES = 3;

const MAGNET = "magnet(?::|%(?:25){0,2}3a)(?:\\?|%(?:25){0,2}3f)";
const HASH = "(?:(?:1220)?[0-9a-f]{64}|[0-9a-f]{40}|[a-z2-7]{32})(?=$|[^0-9a-z]|https?:|magnet:)";
const SHARE_LINK = `https?:(?:(?!https?:)[^\\s<>"#])*#(?=${HASH}|${MAGNET})`;
/** A hash alone on its line: among words 40 letters and digits may be anything. */
const ALONE = `^[^\\w\\n]*(?=${HASH}(?:&|%26|[^\\w\\n]*$))`;
const START = new RegExp(`${SHARE_LINK}(?:${MAGNET})?|${MAGNET}|${ALONE}`, "gim");

/** Where a line stops that goes on in the next one. */
const UNFINISHED = new RegExp(`[&=%]$|%[0-9a-f]$|(?:btih:|#)(?!${HASH})[0-9a-z]*$`, "i");
/** A share link whose hash goes on in the next line. */
const BEGUN = /https?:(?:(?!https?:)[^\s<>"#])*#[0-9a-z]*$/i;
/** More than a hash and what announces it. */
const MAX_END_CHARACTERS = 80;
/** A link that was escaped as a whole, and the page before it. */
const ESCAPED = /^(https?:[^#]*#)?(?:magnet:?%|[0-9a-z]+%26)/i;
/** What opens behind what closes, where links are put between marks. */
const PAIRS = "\"\"''``“”‘’«»()[]{}„“";

/**
 * Finds magnet links, share links or what follows their `#`, and info-hashes in hex or base32, as people copy them: among
 * words, several at once, wrapped, between marks, escaped. What holds none is a `ProtocolError` that says what to paste.
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

/** Whether somebody who pastes a text means a link by it. */
export function holdsLink(text: string): boolean {
  const start = startOf(text);
  return hasLink(unwrapped(start)) || hasLink(withoutBlanks(start));
}

/** The parameter where a long text is cut is no use. */
function startOf(text: string): string {
  return text.length <= MAX_LINK_CHARACTERS
    ? text
    : text.slice(0, MAX_LINK_CHARACTERS).replace(/&[^&]*$/, "");
}

/** The last resort: an info-hash that was torn apart. */
function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, "");
}

function hasLink(text: string): boolean {
  return text.search(START) >= 0;
}

/** Puts lines together again that were torn apart, and perhaps quoted with `>`, on their way by mail. */
function unwrapped(text: string): string {
  let whole = "";
  let before = "";
  /** The end of what belongs together. Empty: it is no link. */
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

/** Without the marks and words around it, and unescaped if it was escaped as a whole. */
function bare(text: string, before: string): string {
  const marks = before === "" ? -1 : PAIRS.indexOf(before);
  const closing = marks >= 0 && marks % 2 === 0 ? PAIRS.charAt(marks + 1) : "";
  // Names may have brackets, but seldom quotes.
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

/** What two links say of one torrent. */
function merged(one: Link, other: Link): Link {
  return {
    ...one,
    displayName: one.displayName ?? other.displayName,
    trackers: [...new Set([...one.trackers, ...other.trackers])],
    page: one.page ?? other.page,
    peers: [...one.peers, ...other.peers],
  };
}

function leftOutOf(text: string, links: readonly Link[], problems: readonly ProtocolError[]): string[] {
  const sentences = new Set(problems.map(({ message }) => `A link was left out. ${message}`));
  const trackers = links.reduce((sum, { trackersLeftOut }) => sum + trackersLeftOut, 0);
  const webSeeds = links.reduce((sum, link) => sum + link.webSeeds, 0);
  if (text.length > MAX_LINK_CHARACTERS)
    sentences.add(`The text is too long: only its first ${MAX_LINK_CHARACTERS} characters were read.`);
  if (links.length > MAX_LINKS) sentences.add(`Only the first ${MAX_LINKS} links were taken.`);
  if (trackers > 0) sentences.add(`Left out, as they are no trackers' addresses or too many: ${trackers}.`);
  if (webSeeds > 0) sentences.add(webSeedText(webSeeds));
  return [...sentences];
}
