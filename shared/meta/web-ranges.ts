import type { WebSeedUrl } from "../base/ids.ts";
import type { Info } from "./info.ts";
import { type FileSpan, fileSpans } from "./layout.ts";

/** A range of a torrent's bytes inside one file, and where a web seed has it. */
export interface WebRange {
  /** The file's number in the info dictionary. */
  readonly file: number;
  /** `padding`: zeros, which no server has (BEP 47). Undefined: no URL can name the file. */
  readonly url: string | "padding" | undefined;
  /** From the start of the file. */
  readonly begin: number;
  readonly length: number;
  /** Of the whole file. */
  readonly fileBytes: number;
}

/** What to ask a web seed for, to get a range of a torrent's bytes: one range of each file in it, in their order (BEP 19). */
export function webRanges(webSeed: WebSeedUrl, info: Info, start: number, length: number): WebRange[] {
  return fileSpans(info.files, start, length).map((span) => rangeOf(webSeed, info, span));
}

function rangeOf(webSeed: WebSeedUrl, info: Info, { file, offset, length }: FileSpan): WebRange {
  const entry = info.files[file];
  const url = entry?.isPadding === true ? "padding" : urlOf(webSeed, info, entry?.path ?? "");
  return { file, url, begin: offset, length, fileBytes: entry?.bytes ?? 0 };
}

/** A single file may be what the URL names. Otherwise the URL is a folder, and the torrent's name and paths go on from there. */
function urlOf(webSeed: WebSeedUrl, { name, isFolder }: Info, path: string): string | undefined {
  if (!isFolder && !webSeed.endsWith("/")) return webSeed;
  const escaped = escapedPath(isFolder ? `${name}/${path}` : name);
  return escaped === undefined ? undefined : `${webSeed}${webSeed.endsWith("/") ? "" : "/"}${escaped}`;
}

/** Undefined for a part such as `..`, which would lead out of the server's folder. */
function escapedPath(path: string): string | undefined {
  const parts = path.split("/");
  if (parts.some((part) => /^\.{0,2}$/.test(part))) return undefined;
  try {
    return parts.map(encodeURIComponent).join("/");
  } catch {
    return undefined; // Half of a character.
  }
}
