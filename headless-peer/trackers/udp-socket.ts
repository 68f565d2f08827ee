import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIpv6Peer, type PeerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import type { LeftOut } from "#shared/announce/left-out.ts";
import { parseUdpReply, type UdpReply } from "#shared/announce/udp.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { millis } from "#shared/base/ids.ts";
import { formatIp } from "#shared/base/ip.ts";
import type { Random } from "#shared/base/random.ts";
import type { Clock } from "#shared/driver/ports.ts";
import type { LocalAddress } from "../local-address.ts";
import { joinPeerAddress } from "../peer-address.ts";
import { connectionProblem } from "./connection-problem.ts";

/** The outcome of a question to a tracker. */
export type UdpOutcome =
  | UdpReply
  /** No answer came, or the question was dropped. */
  | { readonly type: "silence" }
  /** This machine cannot send there, or too many questions are open. `reason` is in words. */
  | { readonly type: "unreachable"; readonly reason: string };

/** A question to a tracker. */
export interface UdpQuestion {
  readonly to: PeerAddress;
  readonly expected: "connectReply" | "announceReply";
  readonly encode: (transactionId: number) => Uint8Array;
  /** Called with what was left out of the answer. */
  readonly leftOut: LeftOut;
  /** Drops the question. */
  readonly signal?: AbortSignal;
}

/** The first wait for an answer; each further one is twice as long (BEP 15). */
export const FIRST_WAIT_MILLIS = 15_000;

/** How often to resend a question. BEP 15 has 8, which takes over an hour: the announcer has moved on long before. */
export const MAX_RESENDS = 1;

/** Questions that wait for an answer: twice what a busy peer's torrents ask in a minute. */
const MAX_QUESTIONS = 4_096;

const TRANSACTION_IDS = 2 ** 32;

/** An answer begins with its action and the transaction id (BEP 15). */
const HEADER_BYTES = 8;

interface OpenQuestion extends UdpQuestion {
  readonly ended: (outcome: UdpOutcome) => void;
}

/**
 * The sockets to all trackers over UDP, one for each family. They do not keep the process alive, so nobody closes them.
 *
 * Invariant: a question ends once, by an answer from the address asked that carries its transaction id.
 */
export class UdpSocket {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #from: LocalAddress | undefined;
  readonly #sockets = new Map<4 | 6, Socket>();
  readonly #open = new Map<number, OpenQuestion>();

  /** `clock`: one whose timers do not keep the process alive either. */
  constructor(clock: Clock, random: Random, from: LocalAddress | undefined) {
    this.#from = from;
    this.#clock = clock;
    this.#random = random;
  }

  /** Asks, and asks again after 15 s, until there is an answer, the question is dropped or sending fails. */
  ask(question: UdpQuestion): Promise<UdpOutcome> {
    if (this.#open.size >= MAX_QUESTIONS)
      return Promise.resolve({ type: "unreachable", reason: "too many other trackers have yet to answer" });
    if (this.#from !== undefined && this.#from.family !== familyOf(question.to))
      return Promise.resolve({
        type: "unreachable",
        reason: `--host lets this peer use ${this.#from.localAddress} only`,
      });
    if (question.signal?.aborted) return Promise.resolve({ type: "silence" });
    const transactionId = this.#newTransactionId();
    return new Promise((resolve) => {
      let cancelTimer = (): void => {};
      const drop = (): void => ended({ type: "silence" });
      const ended = (outcome: UdpOutcome): void => {
        cancelTimer();
        question.signal?.removeEventListener("abort", drop);
        this.#open.delete(transactionId);
        resolve(outcome);
      };
      const send = (resends: number): void => {
        if (resends > MAX_RESENDS) return drop();
        const waitMillis = FIRST_WAIT_MILLIS * 2 ** resends;
        cancelTimer = this.#clock.wakeAt(millis(this.#clock.now() + waitMillis), () => send(resends + 1));
        this.#send(question.to, question.encode(transactionId), (error) =>
          ended({ type: "unreachable", reason: connectionProblem(error) }),
        );
      };
      question.signal?.addEventListener("abort", drop);
      this.#open.set(transactionId, { ...question, ended });
      send(0);
    });
  }

  #newTransactionId(): number {
    for (;;) {
      const id = this.#random.below(TRANSACTION_IDS);
      if (!this.#open.has(id)) return id;
    }
  }

  #send(to: PeerAddress, packet: Uint8Array, failed: (error: Error) => void): void {
    this.#socket(familyOf(to)).send(packet, peerPort(to), formatIp(peerIp(to)), (error) => {
      if (error) failed(error);
    });
  }

  #socket(family: 4 | 6): Socket {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const socket = createSocket(family === 4 ? "udp4" : "udp6");
    if (this.#from?.family === family) socket.bind({ address: this.#from.localAddress });
    socket.unref();
    socket.on("message", (packet, from) => this.#heard(packet, from, family));
    // A waiting question learns of it from `send`, or is sent again through a new socket.
    socket.on("error", () => {
      this.#sockets.delete(family);
      socket.close();
    });
    this.#sockets.set(family, socket);
    return socket;
  }

  /** Ignores unasked packets, and answers to another question. */
  #heard(packet: Buffer, from: RemoteInfo, family: 4 | 6): void {
    if (packet.length < HEADER_BYTES) return;
    const question = this.#open.get(packet.readUInt32BE(HEADER_BYTES - 4));
    if (question === undefined || question.to !== joinPeerAddress(from.address, from.port)) return;
    const reply = readReply(packet, family, question.leftOut);
    if (reply?.type === question.expected || reply?.type === "failure") question.ended(reply);
  }
}

function familyOf(address: PeerAddress): 4 | 6 {
  return isIpv6Peer(address) ? 6 : 4;
}

function readReply(packet: Uint8Array, family: 4 | 6, leftOut: LeftOut): UdpReply | undefined {
  try {
    return parseUdpReply(packet, family, leftOut);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    leftOut(`an answer that cannot be read: ${error.message}`);
    return undefined;
  }
}
