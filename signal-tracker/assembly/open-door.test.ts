import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type StartOptions, startTracker } from "../main.ts";

const OWN: RequestListener = (request, response) => void response.end(`own ${request.url}`);

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server of somebody else with a tracker in it. */
async function embedded(options: StartOptions = {}, server = createServer(OWN)) {
  const tracker = await startTracker({ server, ...options });
  onTestFinished(() => tracker.close());
  return { tracker, server, at: await listen(server) };
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

const ANNOUNCE = {
  ...{ action: "announce", info_hash: "i".repeat(20), peer_id: "p".repeat(20), numwant: 0 },
  ...{ uploaded: 0, downloaded: 0, left: 0, event: "started", offers: [] },
};

test("in somebody else's server, the tracker answers what is its own, and nothing else", async () => {
  const { tracker, at } = await embedded();
  expect(await text(`http://${at}/`)).toBe("own /");
  expect(await text(`http://${at}/api/torrents`)).toBe("own /api/torrents");
  expect(await text(`http://${at}/announce?x`)).toContain("failure reason");
  expect(await text(`http://${at}/scrape`)).toContain("a scrape must name");
  const config = JSON.parse(await text(`http://${at}/config.json`));
  expect(config).toMatchObject({ catalog: false, nearby: false, iceServers: [] });
  expect(tracker.urls[0]).toBe(`http://localhost:${at.split(":")[1]}/`);

  const socket = await opened(`ws://${at}/announce`);
  socket.send(JSON.stringify(ANNOUNCE));
  const [answer] = await once(socket, "message");
  expect(JSON.parse(String(answer))).toMatchObject({ action: "announce", complete: 1 });
  await opened(`ws://${at}/`); // Nobody else takes WebSockets.
  const [error] = await once(new WebSocket(`ws://${at}/chat`), "error");
  expect(error.message).toContain("404");
});

test("somebody else's WebSockets stay theirs", async () => {
  const server = createServer(OWN);
  const theirs = new WebSocketServer({ server });
  theirs.on("connection", (socket) => socket.send("theirs"));
  const { at } = await embedded({}, server);
  const socket = new WebSocket(`ws://${at}/`);
  const [message] = await once(socket, "message");
  expect(String(message)).toBe("theirs");
  socket.terminate();
  (await opened(`ws://${at}/announce`)).send(JSON.stringify(ANNOUNCE));
});

test("after its end, all is as it was before", async () => {
  const { tracker, at } = await embedded({ catalog: true });
  expect(await text(`http://${at}/api/torrents`)).toContain('"items"');
  await tracker.close();
  expect(await text(`http://${at}/api/torrents`)).toBe("own /api/torrents");
  expect(await text(`http://${at}/announce`)).toBe("own /announce");
});

test("what needs a port of its own is refused there, and so is a proxy that is none", async () => {
  await expect(startTracker({ server: createServer(), stun: true })).rejects.toThrow("no port for UDP");
  await expect(startTracker({ trustedProxies: ["x"] })).rejects.toThrow("The trusted proxy x is no address");
});
