import { type AddressInfo, createServer, type Server } from "node:net";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { messageOf } from "#shared/base/errors.ts";
import type { Link, LinkEvents } from "#shared/driver/ports.ts";
import { joinPeerAddress } from "../peer-address.ts";
import { acceptTcp, SOCKET_OPTIONS } from "./tcp.ts";

/** The ports that BitTorrent clients usually listen on (BEP 3): we take the first free one. */
export const USUAL_PORTS: readonly number[] = [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889];

/** We cannot listen on the port. The message is a sentence that says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

export interface TcpListenOptions {
  /** An IP address of this machine. Undefined: all of them, IPv4 and IPv6. */
  readonly host: string | undefined;
  /** 0: any free one. Undefined: the first free one of `USUAL_PORTS`. */
  readonly port: number | undefined;
  /**
   * A peer dialled us. Unless this calls `accept` before it returns, the socket is closed. The link's events come later,
   * `opened` first.
   */
  readonly accepted: (from: PeerAddress, accept: (events: LinkEvents) => Link) => void;
}

/** Listens for peers. */
export interface TcpListener {
  readonly port: number;
  /** Stops listening; accepted links stay open. */
  close(): void;
}

/** Listens for peers (BEP 3). Rejects with a `ListenError`. */
export async function listenTcp({ host, port, accepted }: TcpListenOptions): Promise<TcpListener> {
  const server = createServer(SOCKET_OPTIONS);
  server.on("connection", (socket) => {
    const { remoteAddress, remotePort } = socket;
    const from = joinPeerAddress(remoteAddress ?? "", remotePort ?? 0);
    let link: Link | undefined;
    const accept = (events: LinkEvents): Link => {
      link = acceptTcp(socket, events);
      return link;
    };
    if (from !== undefined) accepted(from, accept); // Undefined: it has hung up already.
    if (link === undefined) socket.destroy();
  });
  if (port === undefined) await bindUsual(server, host);
  else await bind(server, host, port).catch((error) => Promise.reject(explained(error, host, port)));
  server.on("error", () => {}); // Such as too few file descriptors for a new connection.

  return {
    port: (server.address() as AddressInfo).port,
    close: () => void server.close(),
  };
}

async function bindUsual(server: Server, host: string | undefined): Promise<void> {
  for (const port of USUAL_PORTS) {
    try {
      return await bind(server, host, port);
    } catch (error) {
      if (systemCode(error) !== "EADDRINUSE") throw explained(error, host, port);
    }
  }
  throw new ListenError(
    `Ports ${USUAL_PORTS[0]} to ${USUAL_PORTS.at(-1)} are all in use. Pass another --port, or 0 for any free one.`,
  );
}

function bind(server: Server, host: string | undefined, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function explained(error: unknown, host: string | undefined, port: number): ListenError {
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return new ListenError(
        `Port ${port} is in use. Pass another --port, or none for the first free one of ${USUAL_PORTS[0]} to ${USUAL_PORTS.at(-1)}.`,
      );
    case "EACCES":
      return new ListenError(`This user may not open port ${port}. Pass --port with a number above 1023.`);
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new ListenError(`This machine does not have the address ${host}.`);
    default:
      return new ListenError(`Port ${port} cannot be opened: ${messageOf(error)}`);
  }
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
