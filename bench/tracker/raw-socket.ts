import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** Every byte of a client's frame is masked with this one: a key of four equal bytes needs no alignment. */
const MASK = 0x5a;
const MASK_KEY = Buffer.alloc(4, MASK);
const HEAD_END = "\r\n\r\n";

/** All sockets read into it, one after another. */
const received = Buffer.alloc(256 * 1024);

/** The same bytes, masked. */
export function masked(bytes: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length);
  for (let at = 0; at < bytes.length; at++) result[at] = (bytes[at] as number) ^ MASK;
  return result;
}

/** A frame with a text whose parts are masked already. */
export function textFrame(...parts: readonly Buffer[]): Buffer {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const head = bytes < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(head + 4 + bytes);
  frame[0] = 0x81;
  frame[1] = 0x80 | Math.min(bytes, 126);
  if (head === 4) frame.writeUInt16BE(bytes, 2);
  frame.set(MASK_KEY, head);
  let at = head + 4;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/**
 * A WebSocket client that does next to nothing, so that thousands of them take less of a processor than the tracker they
 * talk to. It trusts the tracker.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly #onText: (text: Buffer) => void;
  #rest: Buffer | undefined;
  #onOpen: (() => void) | undefined;

  /** `onText` gets each message, which is overwritten after its return. */
  constructor(port: number, onText: (text: Buffer) => void, onOpen: () => void) {
    this.#onText = onText;
    this.#onOpen = onOpen;
    const callback = (length: number): boolean => {
      this.#read(received.subarray(0, length));
      return true;
    };
    this.#socket = connect({
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: { buffer: received, callback },
    });
    const fail = (): never => {
      throw new Error("The tracker has closed a socket.");
    };
    this.#socket.on("error", fail).on("close", fail);
    const key = randomBytes(16).toString("base64");
    this.#socket.write(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}${HEAD_END}`,
    );
  }

  /** Sends a frame. */
  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = this.#onOpen === undefined ? 0 : this.#readHead(bytes);
    while (this.#onOpen === undefined && at + 2 <= bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const start = at + (short === 126 ? 4 : 2);
      if (start > bytes.length) break;
      const end = start + (short === 126 ? bytes.readUInt16BE(at + 2) : short);
      if (end > bytes.length) break;
      const opcode = (bytes[at] ?? 0) & 0x0f;
      if (opcode === 1) this.#onText(bytes.subarray(start, end));
      if (opcode === 9) this.send(pong(bytes.subarray(start, end)));
      at = end;
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
  }

  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) return 0;
    this.#onOpen?.();
    this.#onOpen = undefined;
    return end + HEAD_END.length;
  }
}

function pong(payload: Buffer): Buffer {
  const frame = textFrame(masked(payload));
  frame[0] = 0x8a;
  return frame;
}
