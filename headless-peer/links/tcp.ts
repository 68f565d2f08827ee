import { connect, type Socket } from "node:net";
import { type PeerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import { formatIp } from "#shared/base/ip.ts";
import type { Link, LinkEvents } from "#shared/driver/ports.ts";
import type { LocalAddress } from "../local-address.ts";

/** A dial that takes longer has failed. Systems ask again after 1, 3 and 7 seconds; a fourth try seldom helps. */
export const CONNECT_MILLIS = 10_000;

/** How long the other side may take to read our last words before the socket is thrown away. */
export const LINGER_MILLIS = 1_000;

/** A link asks for more below this: what the next piece's read from a disk takes to arrive must still be there to send. */
export const LOW_WATER_BYTES = 256 * 1024;

/** Handed to the socket at once, so that a slow reader's queue is seen to shrink in steps of this size. */
const MAX_WRITE_BYTES = 256 * 1024;

/**
 * One read. A block that lies whole in it is copied once, one at its end twice: 64 KiB cost a sixth more processor time. What
 * is larger keeps the others waiting and gains nothing.
 */
const READ_BYTES = 512 * 1024;

/**
 * All dialled sockets read into this: a read is handed on before the next one begins, whichever socket that is of.
 * Whoever keeps bytes has to copy them, as `LinkEvents.arrived` says.
 */
const READ_BUFFER = new Uint8Array(READ_BYTES);

/** What both dialled and accepted sockets are set to: writes leave in batches, and BitTorrent keeps links alive itself. */
export const SOCKET_OPTIONS = { noDelay: true, keepAlive: false, allowHalfOpen: false } as const;

/**
 * Dials a peer (BEP 3), from one of this machine's addresses if `from` names one. Nothing is said before this has returned;
 * `ended("noRoute")` says that it cannot be reached.
 */
export function dialTcp(address: PeerAddress, events: LinkEvents, from?: LocalAddress): Link {
  const socket = connect({
    ...SOCKET_OPTIONS,
    ...(from && { localAddress: from.localAddress }),
    host: formatIp(peerIp(address)),
    port: peerPort(address),
    onread: {
      buffer: READ_BUFFER,
      callback: (length) => {
        link.arrived(READ_BUFFER.subarray(0, length));
        return true;
      },
    },
  });
  const link = new TcpLink(socket, events);
  const giveUp = setTimeout(() => link.ended(), CONNECT_MILLIS);
  socket.once("connect", () => link.opened());
  socket.once("connect", () => clearTimeout(giveUp));
  socket.once("close", () => clearTimeout(giveUp));
  return link;
}

/** The link over a socket that somebody else opened. Nothing is said before this has returned. */
export function acceptTcp(socket: Socket, events: LinkEvents): Link {
  const link = new TcpLink(socket, events);
  // A plain view of them: Buffer's own views are slower to make.
  socket.on("data", ({ buffer, byteOffset, length }: Buffer) =>
    link.arrived(new Uint8Array(buffer, byteOffset, length)),
  );
  process.nextTick(() => link.opened());
  return link;
}

/** Bytes on their way out, and who wants to know when the system has copied them. */
interface Outgoing {
  readonly bytes: Uint8Array;
  readonly sent: (() => void) | undefined;
}

/**
 * A link over TCP. What is sent within one turn of the event loop leaves in one system call, without being copied.
 *
 * Invariant: `#queuedBytes` is what `send` was given and the socket has not yet written.
 */
class TcpLink implements Link {
  readonly #socket: Socket;
  readonly #events: LinkEvents;
  #queue: Outgoing[] = [];
  #queuedBytes = 0;
  #flushIsDue = false;
  #isWriting = false;
  #wasOpen = false;
  #isClosed = false;

  constructor(socket: Socket, events: LinkEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on("error", () => {}); // `close` follows.
    socket.once("end", () => this.ended()); // Who sends no more wants no more.
    socket.once("close", () => this.ended());
  }

  /** Takes bytes for the other side; they leave at the end of the current turn of the event loop. */
  send(bytes: Uint8Array, sent?: () => void): void {
    if (this.#isClosed) return;
    this.#queue.push({ bytes, sent });
    this.#queuedBytes += bytes.length;
    if (this.#flushIsDue || this.#isWriting) return;
    this.#flushIsDue = true;
    setImmediate(() => {
      this.#flushIsDue = false;
      this.#flush();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#wasOpen) this.#leave();
    else this.#socket.destroy();
    this.#events.ended(undefined);
  }

  opened(): void {
    if (this.#isClosed) return;
    this.#wasOpen = true;
    this.#events.opened();
  }

  /** Borrowed until this returns. */
  arrived(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#events.arrived(bytes);
  }

  /** The socket is of no use any more. */
  ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue = [];
    this.#socket.destroy();
    this.#events.ended(this.#wasOpen ? "theyLeft" : "noRoute");
  }

  /** A last word may wait. */
  #leave(): void {
    this.#write(this.#queue.splice(0));
    const giveUp = setTimeout(() => this.#socket.destroy(), LINGER_MILLIS);
    this.#socket.once("close", () => clearTimeout(giveUp));
    this.#socket.destroySoon();
  }

  #flush(): void {
    if (this.#isClosed || this.#isWriting || this.#queue.length === 0) return;
    let count = 0;
    let bytes = 0;
    for (const { bytes: next } of this.#queue) {
      if (count > 0 && bytes + next.length > MAX_WRITE_BYTES) break;
      count += 1;
      bytes += next.length;
    }
    const batch = this.#queue.splice(0, count);
    this.#isWriting = true;
    this.#write(batch, (error) => {
      this.#isWriting = false;
      if (error != null) return; // Nobody knows what the system still reads from: `sent` is not called.
      for (const { sent } of batch) sent?.();
      this.#wrote(bytes);
    });
  }

  #wrote(bytes: number): void {
    if (this.#isClosed) return;
    this.#queuedBytes -= bytes;
    this.#flush();
    if (this.#queuedBytes <= LOW_WATER_BYTES) this.#events.drained(this.#queuedBytes);
  }

  /** Corked, so that all of it is one system call. */
  #write(batch: readonly Outgoing[], done?: (error?: Error | null) => void): void {
    this.#socket.cork();
    const last = batch.length - 1;
    for (const [at, { bytes }] of batch.entries()) this.#socket.write(bytes, at === last ? done : undefined);
    this.#socket.uncork();
  }
}
