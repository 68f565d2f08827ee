import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";
import { MAX_REDIRECTS } from "./guarded-get.ts";
import { askTabswarmTracker, MAX_CONFIG_BYTES } from "./tabswarm-tracker.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function trackerUrl(text: string): TrackerUrl {
  const url = parseTrackerUrl(text);
  if (url === undefined) throw new Error(`${text} is no URL of a tracker`);
  return url;
}

async function serve(answer: RequestListener): Promise<TrackerUrl> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  return trackerUrl(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
}

const answering = (config: unknown): Promise<TrackerUrl> =>
  serve((request, response) => {
    response.statusCode = request.url === "/config.json" ? 200 : 404;
    response.end(JSON.stringify(config));
  });

test.each([
  [
    "what it names is taken, HTTP first",
    ["wss://share.example.org/", "https://share.example.org/announce"],
    ["https://share.example.org/announce", "wss://share.example.org/"],
  ],
  [
    "a transport that it does not name is where its page is",
    ["wss://share.example.org/ws"],
    ["https://share.example.org/announce", "wss://share.example.org/ws"],
  ],
  [
    "what is no URL of a tracker is left out",
    [7, null, "mailto:me"],
    ["https://share.example.org/announce", "wss://share.example.org/"],
  ],
])("%s", async (_, trackers, publicUrls) => {
  const url = await answering({ pageUrl: "https://share.example.org/", trackers });
  expect(await askTabswarmTracker(url)).toMatchObject({
    publicUrls,
    pageUrl: "https://share.example.org/",
    guessedBecause: undefined,
  });
});

test("we announce to it at the address that we asked, under the paths that it names", async () => {
  const trackers = ["wss://share.example.org/ws?x=1", "udp://share.example.org:8000", "wss://other.example/"];
  const url = await answering({ pageUrl: "https://share.example.org/", trackers });
  const { announceUrls } = await askTabswarmTracker(url);
  expect(announceUrls).toEqual([
    `${url}announce`,
    `${url.replace("http", "ws")}ws?x=1`,
    "udp://share.example.org:8000",
    "wss://other.example/",
  ]);
});

test("we announce to where it redirects us, unless redirects are off", async () => {
  const there = await answering({ pageUrl: "https://share.example.org/", trackers: [] });
  const here = await serve((_, response) => {
    response.writeHead(302, { location: `${there}config.json` }).end();
  });
  expect(await askTabswarmTracker(here)).toMatchObject({
    announceUrls: [`${there}announce`, there.replace("http", "ws")],
    pageUrl: "https://share.example.org/",
  });
  expect(await askTabswarmTracker(here, { redirects: false })).toMatchObject({
    announceUrls: [`${here}announce`, here.replace("http", "ws")],
    pageUrl: here,
    guessedBecause: expect.stringContaining("redirect"),
  });
});

test("a tracker that the person typed sends us to other hosts of this machine only for what it tells about itself", async () => {
  const asked: (string | undefined)[] = [];
  const router = await serve((request, response) => {
    asked.push(request.url);
    response.end("{}");
  });
  for (const location of [`${router}router/reboot`, `${router}config.json?reboot=1`]) {
    const here = await serve((_, response) => response.writeHead(302, { location }).end());
    const { guessedBecause } = await askTabswarmTracker(here);
    expect(guessedBecause).toContain("private network");
  }
  expect(asked).toEqual([]);
});

test("redirects end", async () => {
  let hops = 0;
  const url = await serve((_, response) => {
    hops += 1;
    response.writeHead(302, { location: `/config.json?hop=${hops}` }).end();
  });
  expect((await askTabswarmTracker(url)).guessedBecause).toContain("redirects us too often");
  expect(hops).toBe(MAX_REDIRECTS + 1);
});

test.each([
  ["another server", (): Promise<TrackerUrl> => answering([]), "what answers is not a Tabswarm tracker"],
  [
    "a page of an unknown kind",
    () => answering({ pageUrl: "file:///" }),
    "what answers is not a Tabswarm tracker",
  ],
  [
    "a web page",
    () => serve((_, response) => void response.end("<html>")),
    "what answers is not a Tabswarm tracker",
  ],
  [
    "an error",
    () => serve((_, response) => void response.writeHead(503).end()),
    "it answers with status 503",
  ],
  [
    "an answer that does not end",
    () => serve((_, response) => void response.write(" ".repeat(MAX_CONFIG_BYTES + 1))),
    "the tracker's reply is too long",
  ],
  ["silence", () => serve(() => {}), "it does not answer in time"],
  ["a port where nobody listens", closedPort, "ECONNREFUSED"],
])("%s: the addresses are guessed from what was typed", async (_, open, reason) => {
  const url = await open();
  const socket = url.replace("http", "ws");
  expect(await askTabswarmTracker(url, { answerMillis: 300 })).toEqual({
    announceUrls: [`${url}announce`, socket],
    publicUrls: [`${url}announce`, socket],
    pageUrl: url,
    nodeUrls: [],
    hasAccounts: false,
    ice: { iceServers: [], iceLifetimeSeconds: undefined },
    guessedBecause: expect.stringContaining(reason),
  });
});

test("https stays https", async () => {
  const url = (await closedPort()).replace("http:", "https:");
  const { announceUrls } = await askTabswarmTracker(trackerUrl(url));
  expect(announceUrls).toEqual([`${url}announce`, url.replace("https", "wss")]);
});

async function closedPort(): Promise<TrackerUrl> {
  const url = await serve(() => {});
  const server = servers.pop();
  server?.close();
  if (server !== undefined) await once(server, "close");
  return url;
}
