import type { SocketDelivery } from "./socket-answers.ts";
import type { SocketClient } from "./socket-client.ts";
import { FrameRoom } from "./wire/frame-room.ts";
import { encodeTrackerMessage } from "./wire/tracker-message.ts";

/** Frames on their way to clients. Those of a turn of the event loop leave together, in one system call for each client. */
export class Outbox {
  readonly #room = new FrameRoom();
  /** Clients that hold frames, until everything that has arrived in this turn is answered. */
  #holding: SocketClient[] = [];

  /** Encodes a message, and holds it until the end of the turn. */
  hold(client: SocketClient, message: SocketDelivery["message"]): void {
    if (!client.isHolding && this.#holding.push(client) === 1) setImmediate(() => this.#release());
    client.hold(encodeTrackerMessage(message, this.#room));
  }

  #release(): void {
    const holding = this.#holding;
    this.#holding = [];
    let isSent = true;
    for (const client of holding) {
      client.release();
      isSent &&= client.queuedBytes === 0;
    }
    this.#room.endTurn(isSent);
  }
}
