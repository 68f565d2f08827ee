import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { joinPeerAddress } from "#headless-peer/peer-address.ts";
import { type PeerAddress, packPeers } from "#shared/announce/compact.ts";
import { type Encodable, encodeBencode } from "#shared/base/bencode.ts";

/** A tracker for one torrent that sends every peer all others and lets peers announce as often as they like. */
export interface PlainTracker {
  readonly url: string;
  close(): void;
}

/** Starts one over HTTP on this address of the machine. */
export async function startPlainTracker(host: string): Promise<PlainTracker> {
  const known = new Set<PeerAddress>();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://tracker");
    const announcer = joinPeerAddress(request.socket.remoteAddress ?? "", Number(searchParams.get("port")));
    const peers = packPeers([...known].filter((address) => address !== announcer)).ipv4;
    if (announcer !== undefined) known.add(announcer);
    response.end(
      encodeBencode(
        new Map<string, Encodable>([
          ["interval", 600],
          ["peers", Buffer.from(peers, "latin1")],
        ]),
      ),
    );
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/announce`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
