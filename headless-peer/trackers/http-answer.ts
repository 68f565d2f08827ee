import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, unzip } from "node:zlib";
import type { AddressReply, Failure, RetryIn } from "#shared/announce/announce.ts";
import { parseAddressReply } from "#shared/announce/http-reply.ts";
import type { LeftOut } from "#shared/announce/left-out.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { statusProblem } from "./connection-problem.ts";

/** Bytes of a reply, compressed or not. A thousand peers take 18 kB. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A server's answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** Reads and decompresses the body of a response, of at most so many bytes. Rejects with a `ProtocolError` when it is too long or cannot be decompressed. */
export async function readBody(response: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLong();
    parts.push(part);
  }
  const encoding = response.headers["content-encoding"]?.toLowerCase() ?? "";
  return decompressed(Buffer.concat(parts), encoding, maxBytes);
}

/**
 * Reads a tracker's answer, whatever its status: some send a reason with 400. Without one the status is the reason. The longer
 * wait of `Retry-After` (RFC 9110) and `retry in` (BEP 31) counts.
 */
export function readAnswer({ status, headers, body }: HttpAnswer, leftOut: LeftOut): AddressReply | Failure {
  const reply = tryToParse(body, leftOut);
  if (status >= 200 && status < 300) {
    if (reply !== undefined) return reply;
    throw new ProtocolError("notATracker", "what answers there is not a tracker; check the address");
  }
  const failure = reply?.type === "failure" ? reply : undefined;
  return {
    type: "failure",
    action: "announce",
    infoHash: undefined,
    reason: failure?.reason ?? statusProblem(status),
    retryIn: longer(failure?.retryIn, retryAfterSeconds(headers["retry-after"])),
  };
}

function tryToParse(body: Uint8Array, leftOut: LeftOut): AddressReply | Failure | undefined {
  try {
    return parseAddressReply(body, leftOut);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Some servers compress unasked, and some do not declare it. No bencoded dictionary begins like gzip. */
async function decompressed(body: Buffer, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const decompress =
    encoding === "br" ? brotliDecompress : isGzip || encoding === "deflate" ? unzip : undefined;
  if (decompress === undefined) return body;
  try {
    return await promisify<Buffer, object, Buffer>(decompress)(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLong();
    throw new ProtocolError("notCompressed", "the tracker's reply cannot be decompressed");
  }
}

/** Reads `Retry-After` (RFC 9110): seconds, or a date. Undefined: neither, or a time that has passed. */
export function retryAfterSeconds(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return seconds > 0 ? seconds : undefined;
}

function longer(one: RetryIn | undefined, other: number | undefined): RetryIn | undefined {
  return one === "never" ? one : Math.max(one ?? 0, other ?? 0) || undefined;
}

function tooLong(): ProtocolError {
  return new ProtocolError("tooLong", "the tracker's reply is too long");
}
