import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { parseByteRange } from "#shared/base/byte-range.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";
import { mediaTypeOf } from "#shared/meta/media-type.ts";

/** A player that reads nothing for so long has gone, or is paused: it asks again. */
export const IDLE_MILLIS = 10 * 60_000;

/** Of each answer with bytes of a torrent: whatever a stranger put into a file runs nowhere. */
export const FILE_HEADERS = {
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/**
 * Answers a GET or HEAD request with a file or a range of it (RFC 9110, section 14), while it arrives: what is read is fetched first.
 * What no player plays is saved. `tag`: names the file, whose bytes never change. Rejects with a `UsageError`, before anything is sent,
 * if the file is not selected.
 */
export async function sendFile(
  file: TorrentFile,
  tag: string,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const range = parseByteRange(headers.range, file.bytes);
  const { start, end } = typeof range === "string" ? { start: 0, end: file.bytes } : range;
  const stream = file.stream({ start, end }); // It begins to read when it is read.
  for (const [name, value] of Object.entries(FILE_HEADERS)) response.setHeader(name, value);
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("etag", `"${tag}"`);
  if (range === "none") {
    response.statusCode = 416;
    response.setHeader("content-range", `bytes */${file.bytes}`);
    return void response.end();
  }
  const media = mediaTypeOf(file.name);
  response.setHeader("content-type", media?.type ?? "application/octet-stream");
  if (media === undefined)
    response.setHeader(
      "content-disposition",
      `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    );
  response.setHeader("content-length", end - start);
  if (range !== "whole") {
    response.statusCode = 206;
    response.setHeader("content-range", `bytes ${start}-${end - 1}/${file.bytes}`);
  }
  if (method === "HEAD") return void response.end();
  response.flushHeaders(); // A player shows that it waits.
  // A player that seeks hangs up: that ends the reading, and is no error.
  await pipeline(Readable.fromWeb(stream as ReadableStream), response).catch(() => response.destroy());
}
