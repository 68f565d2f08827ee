import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { MAX_TRACKERS, parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { findTrackers as findFor, NO_LOGINS, withTyped } from "./named-trackers.ts";

const findTrackers = (typed: readonly TrackerUrl[], warn: (sentence: string) => void) =>
  findFor(typed, NO_LOGINS, warn);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A Tabswarm tracker whose public host is `name`. `asked` lists the paths that it was asked for. */
async function serve(name: string): Promise<{ readonly url: TrackerUrl; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const iceServers = [{ urls: `stun:${name}` }];
    response.end(JSON.stringify({ pageUrl: `https://${name}/`, trackers: [`wss://${name}/`], iceServers }));
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/` as TrackerUrl, asked };
}

test("a Tabswarm tracker is asked once, announced to as typed and named by its public addresses; any other is named as typed", async () => {
  const [one, two] = [await serve("one.example"), await serve("two.example")];
  const warnings: string[] = [];
  const udp = "udp://tracker.example:6969" as TrackerUrl;
  expect(await findTrackers([udp, one.url, two.url], (sentence) => warnings.push(sentence))).toMatchObject({
    announceUrls: [udp, ...[one, two].flatMap(({ url }) => [`${url}announce`, url.replace("http", "ws")])],
    publicUrls: [
      udp,
      "https://one.example/announce",
      "wss://one.example/",
      "https://two.example/announce",
      "wss://two.example/",
    ],
    pageUrl: "https://one.example/",
    iceServers: expect.any(Function),
    withKey: expect.any(Function),
  });
  expect([one.asked, two.asked]).toEqual([["/config.json"], ["/config.json"]]);
  expect(warnings).toEqual([]);
});

test("what a tracker that the person typed says of other hosts is not trusted", async () => {
  const server = createServer((_, response) => {
    const trackers = ["http://127.0.0.1:9/router/reboot", "wss://one.example/ws"];
    response.end(JSON.stringify({ pageUrl: "https://one.example/", trackers }));
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const typed = `http://127.0.0.1:${port}/` as TrackerUrl;
  const other = "udp://127.0.0.1:80/x" as TrackerUrl;
  const { announceUrls, trusted } = await findTrackers([typed, other], () => {});
  expect(announceUrls).toEqual(["http://127.0.0.1:9/router/reboot", `ws://127.0.0.1:${port}/ws`, other]);
  expect([...trusted]).toEqual([`ws://127.0.0.1:${port}/ws`, other]);
});

test("a Tabswarm tracker that does not answer gives one warning, and is named as typed", async () => {
  const { url } = await serve("one.example");
  const server = servers.pop();
  server?.close();
  const warnings: string[] = [];
  const found = await findTrackers([url], (sentence) => warnings.push(sentence));
  const { announceUrls, publicUrls, pageUrl } = found;
  expect(announceUrls).toEqual([`${url}announce`, url.replace("http", "ws")]);
  expect(publicUrls).toEqual(announceUrls);
  expect(pageUrl).toBe(url);
  expect(warnings).toEqual([expect.stringContaining("did not tell its public address")]);
});

test("without a Tabswarm tracker there is no page", async () => {
  const urls = parseTrackerUrls(["ws://tracker.example", "http://tracker.example/announce"]);
  expect(await findTrackers([...urls, ...urls], () => {})).toMatchObject({
    announceUrls: urls,
    publicUrls: urls,
    pageUrl: undefined,
    iceServers: expect.any(Function),
    withKey: expect.any(Function),
  });
});

test("links get the STUN and TURN servers of every Tabswarm tracker that was typed", async () => {
  const [one, two] = [await serve("one.example"), await serve("two.example")];
  const { iceServers } = await findTrackers([one.url, two.url], () => {});
  expect(iceServers()).toEqual([{ urls: ["stun:one.example"] }, { urls: ["stun:two.example"] }]);
});

test("more trackers than a torrent may name are refused", async () => {
  const urls = Array.from(
    { length: MAX_TRACKERS + 1 },
    (_, at) => `udp://tracker.example:${at + 1}` as TrackerUrl,
  );
  await expect(findTrackers(urls, () => {})).rejects.toThrow("at most 20 trackers, not 21");
});

test("a torrent that names a typed tracker by its public address is not announced to it twice", () => {
  const [typed, named, other] = parseTrackerUrls([
    "ws://localhost:8000",
    "wss://share.example",
    "ws://other.example",
  ]);
  if (typed === undefined || named === undefined || other === undefined) throw new Error("no trackers");
  const known = { pageUrl: undefined, iceServers: () => [], withKey: (url: TrackerUrl) => url };
  const found = { announceUrls: [typed], announceTiers: [[typed]], publicUrls: [named], ...known };
  expect(withTyped(found, [[named], [other, named]])).toEqual([[typed], [other]]);
});

test("the nodes of one tracker are alternatives to each other", () => {
  const [a, b, other] = parseTrackerUrls(["ws://a.example", "ws://b.example", "ws://other.example"]);
  if (a === undefined || b === undefined || other === undefined) throw new Error("no trackers");
  const known = { pageUrl: undefined, iceServers: () => [], withKey: (url: TrackerUrl) => url };
  const found = { announceUrls: [a, b], announceTiers: [[a, b]], publicUrls: [a, b], ...known };
  expect(withTyped(found, [[b], [other]])).toEqual([[a, b], [other]]);
});
