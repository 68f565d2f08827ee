import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { bytesToHex } from "#shared/base/bytes.ts";
import type { InfoHash, LinkId, PeerId } from "#shared/base/ids.ts";
import type { Attacker } from "#shared/sim/swarm/attack.ts";
import { Framer } from "#shared/wire/framer.ts";
import { encodeHandshake } from "#shared/wire/handshake.ts";
import { decodeMessage } from "#shared/wire/message.ts";

/** Each attacker has a single socket here. */
const THE_LINK = 1 as LinkId;

/** An attacker of the simulator over a real socket: it dials a port on loopback, until that hangs up. */
export class HostileSocket {
  /** As the other side knows it. Undefined: they are not connected yet. */
  port: number | undefined;
  readonly #socket: Socket;
  readonly #attacker: Attacker;
  readonly #timer: NodeJS.Timeout;

  constructor(port: number, infoHash: InfoHash, attacker: Attacker) {
    this.#attacker = attacker;
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.once("connect", () => {
      this.port = this.#socket.localPort;
    });
    this.#socket.on("error", () => {}); // It hangs up on us.
    const peerId = bytesToHex(randomBytes(20)) as PeerId;
    const handshake = encodeHandshake({ infoHash, peerId, fast: true, extended: true });
    this.#say([...(attacker.greets ? [handshake] : []), ...attacker.opens()]);
    this.#timer = setInterval(() => this.#say(attacker.goesOn(THE_LINK)), attacker.everyMillis);
    this.#socket.once("close", () => clearInterval(this.#timer));
    this.#hear();
  }

  get isClosed(): boolean {
    return this.#socket.closed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #hear(): void {
    const framer = new Framer();
    let isGreeted = false;
    this.#socket.on("data", (bytes) => {
      for (const frame of framer.push(new Uint8Array(bytes))) {
        if (isGreeted) this.#say(this.#attacker.answers(decodeMessage(frame), () => ""));
        isGreeted = true; // The first frame is the handshake.
      }
    });
  }

  #say(messages: readonly Uint8Array[]): void {
    if (this.#socket.destroyed || this.#socket.writableNeedDrain) return;
    for (const bytes of messages) this.#socket.write(bytes);
  }
}
