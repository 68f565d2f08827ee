import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";

/** What Node's sockets keep to themselves: the open connection. */
interface Internals {
  _handle?: { readonly useUserBuffer?: unknown } | null;
}

/** With an option that Node does not document. */
interface TakenOver extends SocketConstructorOpts {
  readonly handle: object;
  readonly onread: OnReadOpts;
}

/**
 * A socket that takes over the connection of `accepted`, which must be paused, and reads into a given buffer. Node offers that for
 * dialled sockets alone: an accepted one allocates 64 KiB for each read, and collecting those takes a fourth of a busy peer's
 * processor time. Undefined if this version of Node keeps the connection elsewhere: `accepted` is as it was.
 */
export function readingInto(accepted: Socket, onread: OnReadOpts): Socket | undefined {
  const internals = accepted as unknown as Internals;
  const { _handle: handle } = internals;
  if (typeof handle?.useUserBuffer !== "function") return undefined;
  internals._handle = null;
  accepted.destroy(); // Closes nothing; the listener counts it no more.
  const options: TakenOver = { handle, onread };
  return new Socket(options);
}
