import type { Buffer } from "node:buffer";
import type { FrameRoom } from "./frame-room.ts";

/** The first byte of an unfragmented text frame (RFC 6455 section 5.2). */
const TEXT = 0x81;
const MAX_SHORT_BYTES = 125;
/** Instead of a length: two or eight bytes with the length follow. */
const TWO_BYTES_FOLLOW = 126;
const EIGHT_BYTES_FOLLOW = 127;

/** A text message from a server, complete with its head, which carries no mask. Copies the parts into the room. */
export function textFrame(room: FrameRoom, ...parts: readonly Uint8Array[]): Buffer {
  let bytes = 0;
  for (const { length } of parts) bytes += length;
  const headBytes = bytes <= MAX_SHORT_BYTES ? 2 : bytes <= 0xffff ? 4 : 10;
  const frame = room.take(headBytes + bytes);
  frame[0] = TEXT;
  if (headBytes === 2) frame[1] = bytes;
  else if (headBytes === 4) {
    frame[1] = TWO_BYTES_FOLLOW;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = EIGHT_BYTES_FOLLOW;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  let at = headBytes;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}
