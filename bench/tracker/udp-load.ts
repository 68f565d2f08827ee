import { createSocket } from "node:dgram";
import { encodeUdpRequest, parseUdpReply } from "#shared/announce/udp.ts";
import { parseInfoHash, parsePeerId } from "#shared/base/ids.ts";
import { infoHashOf, peerIdOf } from "./crowd.ts";

/** Sockets, each with one announce under way at a time. */
const SOCKETS = 50;
const PEERS = 5_000;
const PEERS_WANTED = 50;
/** The actions of a connection's and an announce's answer (BEP 15). */
const CONNECTED = 0;
const ANNOUNCED = 1;

/** Announces over UDP, as many as the tracker can take. Counts each answer. */
export async function udpLoad(port: number, counted: () => void): Promise<void> {
  let next = 0;
  const packets = Array.from({ length: PEERS }, (_, peer) => packetOf(peer));
  const packet = (): Uint8Array => packets[next++ % PEERS] ?? new Uint8Array();
  for (let at = 0; at < SOCKETS; at++) askAgain(port, packet, counted);
}

/** Gets a connection id, and sends the next announce as soon as the last one has its answer. */
function askAgain(port: number, packet: () => Uint8Array, answered: () => void): void {
  const socket = createSocket("udp4");
  const connectionId = new Uint8Array(8);
  const announce = (): void => {
    const bytes = packet();
    bytes.set(connectionId);
    socket.send(bytes);
  };
  socket.on("message", (message) => {
    switch (message.readUInt32BE(0)) {
      case CONNECTED:
        connectionId.set(message.subarray(8, 16));
        return announce();
      case ANNOUNCED:
        answered();
        return announce();
      default:
        throw new Error(`The tracker refuses: ${JSON.stringify(parseUdpReply(message, 4))}`);
    }
  });
  socket.connect(port, "127.0.0.1", () =>
    socket.send(encodeUdpRequest({ type: "connect", transactionId: 1 })),
  );
}

function packetOf(peer: number): Uint8Array {
  const infoHash = parseInfoHash(Buffer.from(infoHashOf(peer), "latin1").toString("hex"));
  const peerId = parsePeerId(Buffer.from(peerIdOf(peer)).toString("hex"));
  if (infoHash === undefined || peerId === undefined) throw new Error("The crowd has a malformed id.");
  return encodeUdpRequest({
    type: "announce",
    transactionId: 1,
    connectionId: 0n,
    announce: {
      ...{ infoHash, peerId, event: "update", uploaded: 0, downloaded: 0 },
      ...{ left: peer % 3 === 0 ? 0 : 1_000_000, port: 10_000 + peer, key: "", peersWanted: PEERS_WANTED },
    },
    urlData: "",
  });
}
