import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { eachAlone, parseTrackerUrls } from "#shared/base/tracker-url.ts";
import { findTrackers, MAX_CONFIG_BYTES, type NamedTrackers } from "./named-trackers.ts";

beforeEach(() => void vi.stubGlobal("location", { origin: "https://page.example" }));
afterEach(() => void vi.unstubAllGlobals());

interface Asked {
  readonly url: TrackerUrl;
  readonly named: NamedTrackers;
  readonly warnings: readonly string[];
}

/** A tracker that answers so, and what a page makes of it. */
async function ask(answer: RequestListener, isSecure = false): Promise<Asked> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/` as TrackerUrl;
  const warnings: string[] = [];
  const named = await findTrackers([url], isSecure, (sentence) => warnings.push(sentence));
  return { url, named, warnings };
}

const CONFIG = {
  pageUrl: "https://one.example/",
  trackers: ["wss://one.example/announce", "https://one.example/announce"],
  iceServers: [{ urls: "stun:one.example" }],
};

test("a tracker is announced to as typed, and named in links by its public addresses", async () => {
  const { url, named, warnings } = await ask((_, response) => response.end(JSON.stringify(CONFIG)));
  const own = `${url.replace("http", "ws")}announce`;
  const foreign = ["wss://other.example/", "udp://other.example:6969", "wss://one.example/announce"];
  expect(named.tiersFor(eachAlone(parseTrackerUrls(foreign)))).toEqual([[own], ["wss://other.example/"]]);
  expect(named.publicUrls).toEqual(CONFIG.trackers);
  expect([named.pageUrl, named.iceServers()]).toEqual([CONFIG.pageUrl, [{ urls: ["stun:one.example"] }]]);
  expect([...named.trusted]).toEqual([own]);
  expect(warnings).toEqual([]);
});

test("a page over https does not announce without TLS", async () => {
  const { named } = await ask((_, response) => response.end(JSON.stringify(CONFIG)), true);
  expect(named.tiersFor([])).toEqual([]);
  expect(named.publicUrls).toEqual(CONFIG.trackers);
});

test("a long answer is read up to a limit, and an endless one no further", async () => {
  const filler = (bytes: number): string => JSON.stringify({ ...CONFIG, filler: "x".repeat(bytes) });
  const long = await ask((_, response) => response.end(filler(MAX_CONFIG_BYTES - 1_000)));
  expect(long.named.pageUrl).toBe(CONFIG.pageUrl);
  const tooLong = await ask((_, response) => response.end(filler(MAX_CONFIG_BYTES)));
  expect(tooLong.named.pageUrl).toBe(tooLong.url);

  const chunk = Buffer.alloc(64 * 1024, " ");
  let sentBytes = 0;
  const endless = await ask(({ socket }, response) => {
    const send = (): void => {
      while (!response.destroyed && response.write(chunk)) sentBytes += chunk.length;
    };
    response.on("drain", send);
    socket.on("error", () => {}); // The page hangs up.
    send();
  });
  expect(endless.warnings[0]).toMatch(/--allow-origin https:\/\/page\.example/);
  expect(endless.named.pageUrl).toBe(endless.url);
  expect(sentBytes).toBeLessThan(100 * MAX_CONFIG_BYTES); // What sockets hold on the way.
});
