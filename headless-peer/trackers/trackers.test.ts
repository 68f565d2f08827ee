import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { Announce } from "#shared/announce/announce.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash, PeerId, TrackerUrl } from "#shared/base/ids.ts";
import type { LocalAddress } from "../local-address.ts";
import { trackerListeners } from "../peer.test-support.ts";
import type { ListeningPeer } from "./address-tracker.ts";
import { openTrackers } from "./trackers.ts";

const STARTED: Announce = {
  infoHash: "ab".repeat(20) as InfoHash,
  peerId: "cd".repeat(20) as PeerId,
  event: "started",
  ...{ uploaded: 0, downloaded: 0, left: 1 },
  offers: [],
};

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function announce(url: string, isTrusted = false, takesTcp = true, from?: LocalAddress) {
  const events = trackerListeners();
  const tracker = url as TrackerUrl;
  const leftOut = vi.fn<ListeningPeer["leftOut"]>();
  const port = takesTcp ? 6881 : undefined;
  const trusted = new Set(isTrusted ? [tracker] : []);
  const open = openTrackers({ port, from, key: "", encryption: "supported", trusted, leftOut });
  const line = open(tracker, events);
  ends.push(() => line.close());
  line.announce(STARTED);
  return { ...events, leftOut };
}

/** A WebSocket server that counts its connections. */
async function serve() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  ends.push(() => server.close());
  await once(server, "listening");
  const heard = vi.fn();
  const sockets: WebSocket[] = [];
  server.on("connection", (socket) => {
    socket.on("message", heard);
    ends.push(() => socket.terminate());
    sockets.push(socket);
  });
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    say: (text: string) => sockets[0]?.send(text),
  };
}

test.each([
  ["127.0.0.1", "/announce", false],
  ["127.0.0.1", "/announce/key", false],
  ["127.0.0.1", "/", false],
  ["127.0.0.1", "/any/where", true],
  ["localhost", "/any/where", true],
])("a WebSocket to %s%s opens; typed by a person: %s", async (host, path, isTrusted) => {
  const { port, heard } = await serve();
  announce(`ws://${host}:${port}${path}`, isTrusted);
  await eventually(() => expect(heard).toHaveBeenCalledOnce());
});

test("the reason why a WebSocket tracker cannot be reached comes from its socket", async () => {
  const { lost } = announce("ws://127.0.0.1:1024/announce");
  await eventually(() =>
    expect(lost).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("nothing listens there"), undefined),
  );

  const notHere = createServer((_, response) => response.writeHead(429, { "retry-after": "60" }).end());
  ends.push(() => notHere.close());
  await once(notHere.listen(0, "127.0.0.1"), "listening");
  const other = announce(`ws://127.0.0.1:${(notHere.address() as AddressInfo).port}/announce`);
  await eventually(() =>
    expect(other.lost).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining("429 (Too Many Requests)"),
      60,
    ),
  );
});

test("the log names a WebSocket message that cannot be read", async () => {
  const { port, heard, say } = await serve();
  const { leftOut } = announce(`ws://127.0.0.1:${port}/announce`);
  await eventually(() => expect(heard).toHaveBeenCalledOnce());
  say("<html>");
  await eventually(() =>
    expect(leftOut).toHaveBeenCalledExactlyOnceWith(
      `ws://127.0.0.1:${port}/announce`,
      "the message is not JSON",
    ),
  );
});

test("a torrent cannot make us open a WebSocket to anything in a private network", async () => {
  const { port, heard } = await serve();
  for (const host of ["127.0.0.1", "[::1]", "192.168.1.1", "localhost"]) {
    const { refused } = announce(`ws://${host}:${port}/router/reboot`);
    expect(refused.mock.calls[0]?.[1], host).toContain("private network");
  }
  expect(heard).not.toHaveBeenCalled();
});

test.each(["http://127.0.0.1:1024/announce", "udp://127.0.0.1:1024"])("without TCP %s is refused", (url) => {
  const { refused } = announce(url, false, false);
  expect(refused.mock.calls[0]?.[1]).toContain("TCP, which is switched off");
});

test.each(["ws", "http", "udp"])(
  "announces to a tracker over %s come from the chosen address",
  async (scheme) => {
    const callers: unknown[] = [];
    const web = createServer().listen(0, "127.0.0.1");
    web.on("connection", ({ remoteAddress }) => callers.push(remoteAddress));
    const udp = createSocket("udp4", (_, { address }) => callers.push(address)).bind(0, "127.0.0.1");
    ends.push(
      () => web.closeAllConnections(),
      () => web.close(),
      () => udp.close(),
    );
    await Promise.all([once(web, "listening"), once(udp, "listening")]);
    const { port } = (scheme === "udp" ? udp : web).address() as AddressInfo;
    announce(`${scheme}://localhost:${port}/announce`, true, true, { localAddress: "127.0.0.2", family: 4 });
    await eventually(() => expect(callers).toEqual(["127.0.0.2"]));
  },
);

test("a tracker over UDP without an address in the chosen family cannot be reached", async () => {
  const { unanswered } = announce("udp://[::1]:2000", true, true, { localAddress: "127.0.0.2", family: 4 });
  await eventually(() => expect(unanswered).toHaveBeenCalledOnce());
  expect(unanswered.mock.calls[0]?.[1]).toContain("127.0.0.2 only");
});
