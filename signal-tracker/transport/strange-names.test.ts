import { expect, onTestFinished, test } from "vitest";
import { ApiClient, codeOf, openAccountTracker } from "../accounts/accounts.test-support.ts";
import { torrentFile } from "../catalog/catalog.test-support.ts";
import { testAnnounce } from "../core/tracker.test-support.ts";
import type { TrackerOptions } from "../main.ts";
import { TestClient } from "./transport.test-support.ts";

// A stranger may let their own name lead to a tracker: then their page and the tracker are one site to a browser (DNS rebinding).

const publication = { torrent: Buffer.from(torrentFile()).toString("base64") };

/** What a browser asks for the page of a name that leads to the tracker. */
async function askedAs(name: string, options: Partial<TrackerOptions>, headers: Record<string, string> = {}) {
  const tracker = await openAccountTracker(onTestFinished, options);
  const client = new ApiClient(tracker);
  Object.assign(client.headers, { host: name, origin: `http://${name}`, ...headers });
  return { tracker, client };
}

test.each([
  ["open", false, {}],
  ["with accounts", true, {}],
  ["open, for a page that plays a proxy", false, { "x-forwarded-for": "192.0.2.1" }],
])(
  "a tracker (%s) tells and does nothing under a name that it does not know",
  async (_, accounts, headers) => {
    const { client } = await askedAs("evil.example:8000", { accounts }, headers);
    const requests = [
      client.get("/api/torrents"),
      client.get("/api/status"),
      client.get("/api/me"),
      client.post("/api/torrents", publication),
      client.post("/api/accounts", { name: "eve", password: "a long password" }),
      client.delete(`/api/torrents/${"0".repeat(40)}`),
    ];
    for (const told of await Promise.all(requests)) {
      expect(codeOf(told)).toEqual([403, "unknownHost"]);
      expect(told.body.error.message).toContain("--public-url, such as https://evil.example;");
    }
  },
);

test("under such a name, as behind a proxy that nobody configured, people still share: /config.json and announces work", async () => {
  const { tracker, client } = await askedAs("share.example.org", { accounts: false });
  expect((await client.get("/config.json")).body).toMatchObject({ catalog: true });
  const socket = new TestClient(tracker.url.replace("http", "ws"), {
    host: "share.example.org",
    origin: "https://share.example.org",
  });
  onTestFinished(() => socket.socket.terminate());
  await new Promise((resolve) => socket.socket.once("open", resolve));
  expect(await socket.announce(testAnnounce(1))).toMatchObject({ type: "announceReply", leechers: 1 });
});

test.each([
  ["--public-url", { publicUrl: new URL("https://share.example.org") }],
  ["--allow-origin", { allowedOrigins: ["https://share.example.org"] }],
])("a name that %s gives is the tracker's", async (_, options) => {
  const { client } = await askedAs("share.example.org", { accounts: false, ...options });
  expect((await client.get("/api/torrents")).status).toBe(200);
  expect((await client.post("/api/torrents", publication)).status).toBe(201);
});
