import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Announce } from "#shared/announce/announce.ts";
import { encodeBencode } from "#shared/base/bencode.ts";
import type { InfoHash, PeerId, TrackerUrl } from "#shared/base/ids.ts";
import { eventually, trackerListeners } from "../peer.test-support.ts";
import { formatPeerAddress } from "../peer-address.ts";
import { HttpTracker, MAX_BODY_BYTES, MAX_REDIRECTS } from "./http-tracker.ts";

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
  const self = { port: 6881, key: "\x01\xff", trusted: new Set(isTrusted ? [tracker] : []) };
  const line = new HttpTracker(tracker, self, events);
  line.announce(STARTED);
  return { events, line };
}

async function refusal(url: string): Promise<string> {
  const { events } = announce(url);
  await eventually(() => expect(events.refused).toHaveBeenCalledOnce());
  expect(events.refused.mock.calls[0]?.[0]).toBe(INFO_HASH);
  return events.refused.mock.calls[0]?.[1] ?? "";
}

test("an announce says what we are, and its reply names counts and peers", async () => {
  let query = "";
  let agent = "";
  const url = await serve(({ url: asked = "", headers }, response) => {
    query = asked;
    agent = headers["user-agent"] ?? "";
    response.end(REPLY);
  });
  const { events } = announce(`${url}/announce`);
  await eventually(() => expect(events.found).toHaveBeenCalledOnce());
  for (const field of ["port=6881", "uploaded=1", "downloaded=2", "left=3", "event=started", "key=%01%FF"]) {
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

test("a tracker that is not there, or talks nonsense, refuses in a sentence", async () => {
  expect(await refusal("http://127.0.0.1:1024/announce")).toBe("the tracker cannot be reached");
  const url = await serve((_, response) => response.end("<html>"));
  expect(await refusal(`${url}/announce`)).not.toBe("");
});

test("redirects are followed, but not for ever", async () => {
  let hops = 0;
  const url = await serve((_, response) => {
    hops += 1;
    response.writeHead(302, { location: `/announce?hop=${hops}` }).end();
  });
  expect(await refusal(`${url}/announce`)).toContain("from one address to the next");
  expect(hops).toBe(MAX_REDIRECTS + 1);
});

test("a reply that is too long is not read to its end", async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(MAX_BODY_BYTES + 1, "1")));
  expect(await refusal(`${url}/announce`)).toBe("the tracker's reply is too long");
});

test("a torrent cannot make us call any page of this machine", async () => {
  let calls = 0;
  const url = await serve((_, response) => {
    calls += 1;
    response.end(REPLY);
  });
  for (const base of [url, url.replace("127.0.0.1", "localhost")])
    expect(await refusal(`${base}/router/reboot`)).toContain("private network");
  expect(calls).toBe(0);
  const { events } = announce(`${url}/router/reboot`, true); // Unless the person named it.
  await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
});

test("a redirect is checked like the first address", async () => {
  const url = await serve(({ url: asked = "" }, response) => {
    if (asked.startsWith("/announce")) response.writeHead(302, { location: "/router/reboot" });
    response.end();
  });
  expect(await refusal(`${url}/announce`)).toContain("private network");
});

test("nothing is heard after the end", async () => {
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
  const { events } = announce(`${other}/announce`); // Answered later than the first one was.
  await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
  expect(heard?.replied).not.toHaveBeenCalled();
});
