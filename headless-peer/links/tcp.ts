import { connect, type Socket } from "node:net";
import { type PeerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import { formatIp, parseIp } from "#shared/base/ip.ts";
import { isNearby } from "#shared/base/nearby-ip.ts";
import type { Link, LinkEvents } from "#shared/driver/ports.ts";
import type { LocalAddress } from "../local-address.ts";

/** A dial that takes longer has failed. Systems send again after 1, 3 and 7 seconds; a fourth try seldom helps. */
export const CONNECT_MILLIS = 10_000;

/** How long the other side may take to read our last bytes before we destroy the socket. */
export const LINGER_MILLIS = 1_000;

/** A link asks for more below this: enough to send while the next piece is read from disk. */
export const LOW_WATER_BYTES = 256 * 1024;

/** The most handed to the socket at once, so that a slow reader's queue shrinks in steps of this size. */
const MAX_WRITE_BYTES = 256 * 1024;

/**
 * One read. A block whole in it is copied once, one cut by its end twice: 64 KiB cost a sixth more processor time. A
 * larger read keeps other links waiting and gains nothing.
 */
const READ_BYTES = 512 * 1024;

/**
 * All dialled sockets read into this: each read is handed on before the next one begins, on whichever socket. To keep bytes,
 * copy them, as `LinkEvents.arrived` says.
 */
const READ_BUFFER = new Uint8Array(READ_BYTES);

/** Options of all sockets: we batch writes ourselves, and BitTorrent keeps links alive itself. */
export const SOCKET_OPTIONS = { noDelay: true, keepAlive: false, allowHalfOpen: false } as const;

/**
 * Dials a peer (BEP 3), from this machine's address `from` if given. Events come after this has returned; `ended("noRoute")`
 * means that the peer cannot be reached.
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

/** The link over a socket that a peer opened. Events come after this has returned. */
export function acceptTcp(socket: Socket, events: LinkEvents): Link {
  const link = new TcpLink(socket, events);
  // A plain view: Buffer's own views are slower to make.
  socket.on("data", ({ buffer, byteOffset, length }: Buffer) =>
    link.arrived(new Uint8Array(buffer, byteOffset, length)),
  );
  process.nextTick(() => link.opened());
  return link;
}

/** Bytes to send, and whom to call when the system has copied them. */
interface Outgoing {
  readonly bytes: Uint8Array;
  readonly sent: (() => void) | undefined;
}

/**
 * A link over TCP. It writes what it is given within one turn of the event loop in one system call, without copying.
 *
 * Invariant: `#queuedBytes` counts what `send` was given and the socket has not yet written.
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
    socket.once("end", () => this.ended()); // A peer that sends no more wants no more.
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
    const { localAddress = "", remoteAddress = "" } = this.#socket;
    const theirs = parseIp(remoteAddress);
    if (theirs !== undefined && isNearby(parseIp(localAddress), theirs)) this.#events.nearby();
  }

  /** `bytes` are borrowed until this returns. */
  arrived(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#events.arrived(bytes);
  }

  /** The socket has ended. */
  ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue = [];
    this.#socket.destroy();
    this.#events.ended(this.#wasOpen ? "theyLeft" : "noRoute");
  }

  /** Sends what is queued, and closes. */
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
      if (error != null) return; // The system may still read from them: do not call `sent`.
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

  /** Corked, to make it one system call. */
  #write(batch: readonly Outgoing[], done?: (error?: Error | null) => void): void {
    this.#socket.cork();
    const last = batch.length - 1;
    for (const [at, { bytes }] of batch.entries()) this.#socket.write(bytes, at === last ? done : undefined);
    this.#socket.uncork();
  }
}
