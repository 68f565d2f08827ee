import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import type { Announce } from "#shared/announce/announce.ts";
import { encodeBencode } from "#shared/base/bencode.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash, PeerId, TrackerUrl } from "#shared/base/ids.ts";
import { trackerListeners } from "../peer.test-support.ts";
import { formatPeerAddress } from "../peer-address.ts";
import type { ListeningPeer } from "./address-tracker.ts";
import { MAX_CONNECTIONS, MAX_REDIRECTS } from "./guarded-get.ts";
import { MAX_BODY_BYTES } from "./http-answer.ts";
import { HttpTracker } from "./http-tracker.ts";

const INFO_HASH = "ab".repeat(20) as InfoHash;
const STARTED: Announce = {
  infoHash: INFO_HASH,
  peerId: "cd".repeat(20) as PeerId,
  event: "started",
  uploaded: 1,
  downloaded: 2,
  left: 3,
  offers: [],
};
const REPLY = encodeBencode(
  new Map<string, number | Uint8Array>([
    ["complete", 4],
    ["incomplete", 5],
    ["interval", 900],
    ["peers", Uint8Array.of(192, 0, 2, 1, 0x1a, 0xe1)],
  ]),
);

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function announce(url: string, isTrusted = false) {
  const events = trackerListeners();
  const tracker = url as TrackerUrl;
  const leftOut = vi.fn<ListeningPeer["leftOut"]>();
  const self = {
    port: 6881,
    from: undefined,
    key: "\x01\xff",
    encryption: "supported" as const,
    trusted: new Set(isTrusted ? [tracker] : []),
    leftOut,
  };
  const line = new HttpTracker(tracker, self, events);
  line.announce(STARTED);
  return { events, line, leftOut };
}

async function refusal(url: string): Promise<string> {
  const { events } = announce(url);
  await eventually(() => expect(events.refused).toHaveBeenCalledOnce());
  expect(events.refused.mock.calls[0]?.[0]).toBe(INFO_HASH);
  return events.refused.mock.calls[0]?.[1] ?? "";
}

test("many announces share a limited number of connections, and all are answered", async () => {
  const waiting: (() => void)[] = [];
  const sockets = new Set<unknown>();
  let isHeld = true;
  const url = await serve(({ socket }, response) => {
    sockets.add(socket);
    if (isHeld) waiting.push(() => response.end(REPLY));
    else response.end(REPLY);
  });
  const { events, line } = announce(`${url}/announce`);
  for (let count = 1; count < 3 * MAX_CONNECTIONS; count++) line.announce(STARTED);
  await eventually(() => expect(waiting).toHaveLength(MAX_CONNECTIONS));
  isHeld = false;
  for (const answer of waiting) answer();
  await eventually(() => expect(events.found).toHaveBeenCalledTimes(3 * MAX_CONNECTIONS));
  expect(sockets.size).toBe(MAX_CONNECTIONS);
});

test("an announce carries our facts, and its reply gives counts and peers", async () => {
  let query = "";
  let agent = "";
  const url = await serve(({ url: asked = "", headers }, response) => {
    query = asked;
    agent = headers["user-agent"] ?? "";
    response.end(REPLY);
  });
  const { events } = announce(`${url}/announce`);
  await eventually(() => expect(events.found).toHaveBeenCalledOnce());
  for (const field of [
    "port=6881",
    "uploaded=1",
    "downloaded=2",
    "left=3",
    "event=started",
    "key=%01%FF",
    "supportcrypto=1",
  ]) {
    expect(query).toContain(field);
  }
  expect(agent).toBe("Tabswarm");
  expect(events.replied.mock.calls[0]?.[0]).toMatchObject({ seeders: 4, leechers: 5, intervalSeconds: 900 });
  const [infoHash, addresses = []] = events.found.mock.calls[0] ?? [];
  expect(infoHash).toBe(INFO_HASH);
  expect(addresses.map(formatPeerAddress)).toEqual(["192.0.2.1:6881"]);
});

test("a failure reason is passed on", async () => {
  const url = await serve((_, response) => response.end(encodeBencode(new Map([["failure reason", "no"]]))));
  expect(await refusal(`${url}/announce`)).toBe("no");
});

test("a tracker that does not listen is unreachable, with a reason that says what to do", async () => {
  const { events } = announce("http://127.0.0.1:1024/announce");
  await eventually(() => expect(events.unanswered).toHaveBeenCalledOnce());
  expect(events.unanswered.mock.calls[0]?.[1]).toContain("nothing listens there; start the tracker");
  expect(events.refused).not.toHaveBeenCalled();
});

test.each(["<html>", "", "5:hello"])(
  "an answer that is not a tracker's is refused as such: %j",
  async (body) => {
    const url = await serve((_, response) => response.end(body));
    expect(await refusal(`${url}/announce`)).toBe("what answers there is not a tracker; check the address");
  },
);

test.each([
  [404, {}, "<html>Not Found", "it answers with HTTP status 404 (Not Found); check the address", undefined],
  [403, {}, "", "it answers with HTTP status 403 (Forbidden)", undefined],
  [429, { "retry-after": "3600" }, "Too Many", "it answers with HTTP status 429 (Too Many Requests)", 3600],
  [503, { "retry-after": "3600" }, "d14:failure reason10:overloadede", "overloaded", 3600],
  [503, { "retry-after": "60" }, "d14:failure reason2:no8:retry ini5ee", "no", 300],
  [503, { "retry-after": "60" }, "d14:failure reason2:no8:retry in5:nevere", "no", "never"],
  [503, { "retry-after": "soon" }, "d14:failure reason2:noe", "no", undefined],
  [400, {}, "d14:failure reason11:bad passkeye", "bad passkey", undefined],
  [200, {}, "d14:failure reason2:no8:intervali7200ee", "no", 7200],
] as const)("status %i with %o and %j is a refusal", async (status, headers, body, reason, retryIn) => {
  const url = await serve((_, response) => response.writeHead(status, headers).end(body));
  const { events } = announce(`${url}/announce`);
  await eventually(() => expect(events.refused).toHaveBeenCalledExactlyOnceWith(INFO_HASH, reason, retryIn));
  expect(events.replied).not.toHaveBeenCalled();
});

test("Retry-After may be a date", async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  const url = await serve((_, response) => response.writeHead(503, { "retry-after": inAnHour }).end());
  const { events } = announce(`${url}/announce`);
  await eventually(() => expect(events.refused).toHaveBeenCalledOnce());
  expect(events.refused.mock.calls[0]?.[2]).toBeCloseTo(3_600, -2);
});

test.each([
  ["gzip", { "content-encoding": "gzip" }, gzipSync(REPLY)],
  ["gzip that is not named", {}, gzipSync(REPLY)],
  ["deflate", { "content-encoding": "deflate" }, deflateSync(REPLY)],
  ["brotli", { "content-encoding": "br" }, brotliCompressSync(REPLY)],
])("a reply in %s is read", async (_, headers, body) => {
  const url = await serve((_, response) => response.writeHead(200, headers).end(body));
  const { events } = announce(`${url}/announce`);
  await eventually(() => expect(events.found).toHaveBeenCalledOnce());
  expect(events.replied.mock.calls[0]?.[0]).toMatchObject({ seeders: 4, leechers: 5 });
});

test("a reply that is too long once decompressed, or cannot be decompressed, is refused", async () => {
  const bomb = gzipSync(Buffer.alloc(100 * MAX_BODY_BYTES, "1"));
  const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  expect(await refusal(`${url}/announce`)).toBe("the tracker's reply is too long");
  const cut = await serve((_, response) => response.end(gzipSync(REPLY).subarray(0, 20)));
  expect(await refusal(`${cut}/announce`)).toBe("the tracker's reply cannot be decompressed");
});

test("an odd field in a reply does not spoil the rest, and the log names it", async () => {
  const url = await serve((_, response) => response.end(Buffer.concat([REPLY, Buffer.from("\n")])));
  const { events, leftOut } = announce(`${url}/announce`);
  await eventually(() => expect(events.found).toHaveBeenCalledOnce());
  expect(leftOut).toHaveBeenCalledExactlyOnceWith(`${url}/announce`, "trailing bytes: 1");
});

test("it follows redirects, but not for ever", async () => {
  let hops = 0;
  const url = await serve((_, response) => {
    hops += 1;
    response.writeHead(302, { location: `/announce?hop=${hops}` }).end();
  });
  expect(await refusal(`${url}/announce`)).toContain("redirects us too often");
  expect(hops).toBe(MAX_REDIRECTS + 1);
});

test("it does not read a reply that is too long to its end", async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(MAX_BODY_BYTES + 1, "1")));
  expect(await refusal(`${url}/announce`)).toBe("the tracker's reply is too long");
});

test("a torrent cannot make us request any page on this machine", async () => {
  let calls = 0;
  const url = await serve((_, response) => {
    calls += 1;
    response.end(REPLY);
  });
  for (const base of [url, url.replace("127.0.0.1", "localhost")])
    expect(await refusal(`${base}/router/reboot`)).toContain("private network");
  expect(calls).toBe(0);
  const { events } = announce(`${url}/router/reboot`, true); // Allowed, because the person named it.
  await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
});

test("a redirect is checked like the first address", async () => {
  const url = await serve(({ url: asked = "" }, response) => {
    if (asked.startsWith("/announce")) response.writeHead(302, { location: "/router/reboot" });
    response.end();
  });
  expect(await refusal(`${url}/announce`)).toContain("private network");
});

test("a tracker that the person named cannot send us to another host of this machine", async () => {
  let calls = 0;
  const router = await serve((_, response) => {
    calls += 1;
    response.end(REPLY);
  });
  const url = await serve((_, response) => {
    response.writeHead(302, { location: `${router}/router/reboot` }).end();
  });
  const { events } = announce(`${url}/announce`, true);
  await eventually(() => expect(events.refused).toHaveBeenCalledOnce());
  expect(events.refused.mock.calls[0]?.[1]).toContain("private network");
  expect(calls).toBe(0);
});

test("a closed tracker reports nothing", async () => {
  let answer = (): void => {};
  const asked = new Promise<void>((resolve) => {
    void serve((_, response) => {
      answer = () => response.end(REPLY);
      resolve();
    }).then((url) => {
      const { events, line } = announce(`${url}/announce`);
      void asked.then(() => {
        line.close();
        answer();
        heard = events;
      });
    });
  });
  let heard: ReturnType<typeof trackerListeners> | undefined;
  await eventually(() => expect(heard).toBeDefined());
  const other = await serve((_, response) => response.end(REPLY));
  const { events } = announce(`${other}/announce`); // The server answers it later than the first one.
  await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
  expect(heard?.replied).not.toHaveBeenCalled();
});
