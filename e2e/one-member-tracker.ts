import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { passOn } from "./quick-tracker.ts";
import { runTracker } from "./tracker.ts";

/** What we read of an announce (docs/protocol.md). */
interface Announce {
  readonly info_hash: string;
  readonly peer_id: string;
  readonly to_peer_id?: string;
  readonly offers?: readonly { readonly offer: object; readonly offer_id: string }[];
  readonly answer?: object;
  readonly offer_id?: string;
}

/** Serves the page of a real tracker, and introduces each newcomer to the member that came last, and to nobody else. */
export interface OneMemberTracker {
  readonly url: string;
  /** Resolves once a newcomer's offer is answered, and the tracker has gone for good. */
  goneAfterNextAnswer(): Promise<void>;
  stop(): Promise<void>;
}

export async function runOneMemberTracker(): Promise<OneMemberTracker> {
  const server = createServer((request, response) => void passOn(port, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const real = await runTracker("--public-url", url);
  const { port } = real;
  const meetings = new Meetings();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.on("message", (data) => meetings.heard(socket, `${data}`)));
  const stop = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
    await real.stop();
  };
  return {
    url,
    goneAfterNextAnswer: () =>
      new Promise((resolve) => {
        meetings.answered = () => void stop().then(resolve);
      }),
    stop,
  };
}

/** Who was introduced to whom. */
class Meetings {
  /** Called once an answer is on its way. */
  answered = (): void => {};
  /** By info-hash. */
  readonly #members = new Map<string, WebSocket[]>();
  readonly #offerers = new Map<string, WebSocket>();

  heard(socket: WebSocket, text: string): void {
    const { info_hash, peer_id, offers = [], answer, offer_id = "" } = JSON.parse(text) as Announce;
    const about = { action: "announce", info_hash };
    if (answer !== undefined) {
      this.#offerers
        .get(offer_id)
        ?.send(JSON.stringify({ ...about, peer_id, offer_id, answer }), this.answered);
      return;
    }
    const members = this.#members.get(info_hash) ?? [];
    this.#members.set(info_hash, members);
    const last = members.at(-1);
    socket.send(
      JSON.stringify({ ...about, interval: 120, complete: 1, incomplete: last === undefined ? 0 : 1 }),
    );
    if (members.includes(socket)) return;
    const [first] = offers;
    if (last === undefined) members.push(socket);
    if (last === undefined || first === undefined) return;
    members.push(socket);
    this.#offerers.set(first.offer_id, socket);
    last.send(JSON.stringify({ ...about, peer_id, ...first }));
  }
}
