import { type RawData, WebSocket } from "ws";
import type { SocketClient } from "./socket-client.ts";

/** A WebSocket that knows its client, so that all sockets share the same listeners: a set for each would take memory. */
export class ClientSocket extends WebSocket {
  /** Undefined: it is not served. */
  client: SocketClient | undefined;
}

/** What happens to the clients of sockets. */
export interface ClientEvents {
  received(client: SocketClient, data: RawData): void;
  closed(client: SocketClient): void;
  /** The socket of a client, or one that is not served, broke the protocol or its connection. */
  failed(client: SocketClient | undefined, error: Error): void;
}

/** Listeners for any number of sockets, which call them with themselves as `this`. */
export interface SocketListeners {
  message(this: WebSocket, data: RawData): void;
  pong(this: WebSocket): void;
  close(this: WebSocket): void;
  error(this: WebSocket, error: Error): void;
}

export function listenersFor({ received, closed, failed }: ClientEvents): SocketListeners {
  return {
    message(data) {
      const client = clientOf(this);
      if (client !== undefined) received(client, data);
    },
    pong() {
      const client = clientOf(this);
      if (client !== undefined) client.isAlive = true;
    },
    close() {
      const client = clientOf(this);
      if (client !== undefined) closed(client);
    },
    error(error) {
      failed(clientOf(this), error);
    },
  };
}

function clientOf(socket: WebSocket): SocketClient | undefined {
  return socket instanceof ClientSocket ? socket.client : undefined;
}
