import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Identity } from "../../core/identity.ts";
import type { AccountRecord } from "../../core/record-store.ts";
import { testAnnounce, testInfoHash } from "../../core/tracker.test-support.ts";
import { MemorySwarmStore } from "../../store/memory/swarm-store.ts";
import {
  type HarnessOptions,
  openClient,
  openTracker as openTrackerUntil,
} from "../transport.test-support.ts";

const openTracker = (options?: HarnessOptions) =>
  openTrackerUntil(new MemorySwarmStore(), onTestFinished, options);

describe("the metrics", () => {
  const TOKEN = "0123456789abcdef";
  const identityOf = (isAdmin: boolean): Identity => ({
    type: "account",
    account: { isAdmin } as AccountRecord,
  });

  test.each<[string, number, Record<string, string>, HarnessOptions?]>([
    ["a program of this machine", 200, {}],
    ["somebody behind a proxy", 403, { "x-forwarded-for": "192.0.2.1" }],
    [
      "somebody behind a proxy who claims to be this machine",
      403,
      { "x-forwarded-for": "127.0.0.1, 192.0.2.1" },
    ],
    ["a program of this machine that uses the proxy", 200, { "x-forwarded-for": "127.0.0.1" }],
    ["somebody behind a proxy that names nobody", 403, { forwarded: "for=192.0.2.1" }],
    ["somebody behind a proxy that names clients in another header", 403, { "x-real-ip": "192.0.2.1" }],
    [
      "somebody behind a proxy that is not trusted",
      403,
      { "x-forwarded-for": "127.0.0.1" },
      { trustedProxies: [] },
    ],
    ["a page whose name leads to this machine", 403, { host: "evil.example.org" }],
    ["whoever has the token", 200, { "x-forwarded-for": "192.0.2.1", authorization: `Bearer ${TOKEN}` }],
    ["whoever has another token", 403, { "x-forwarded-for": "192.0.2.1", authorization: `Bearer ${TOKEN}0` }],
    ["whoever has no token", 403, { "x-forwarded-for": "192.0.2.1", authorization: "Bearer " }],
    ["an administrator", 200, { "x-forwarded-for": "192.0.2.1" }, { identify: async () => identityOf(true) }],
    ["another account", 403, { "x-forwarded-for": "192.0.2.1" }, { identify: async () => identityOf(false) }],
    [
      "somebody while the database is unavailable",
      403,
      { "x-forwarded-for": "192.0.2.1" },
      { identify: () => Promise.reject(new Error("away")) },
    ],
  ])("%s gets %s", async (_, status, headers, options = {}) => {
    const { httpUrl } = await openTracker({ metricsToken: TOKEN, ...options });
    const response = await get(`${httpUrl}/metrics`, headers);
    expect([response.status, (await response.text()).includes("tabswarm_announces_total")]).toEqual([
      status,
      status === 200,
    ]);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("without a token nobody has one", async () => {
    const { httpUrl } = await openTracker();
    const headers = { "x-forwarded-for": "192.0.2.1", authorization: "Bearer undefined" };
    expect((await get(`${httpUrl}/metrics`, headers)).status).toBe(403);
  });

  test("tell what the tracker does, and nothing that a user sent", async () => {
    const tracker = await openTracker();
    const client = await openClient(tracker, onTestFinished, "192.0.2.7");
    await client.announce(testAnnounce(1));
    const metrics = async () => (await get(`${tracker.httpUrl}/metrics`)).text();
    await metrics(); // The first look starts to measure the event loop.
    const text = await metrics();
    const expected = [
      'tabswarm_announces_total{transport="websocket",family="ipv4",result="answered"} 1',
      'tabswarm_announces_total{transport="udp",family="ipv6",result="refused"} 0',
      'tabswarm_relays_total{type="offer"} 0',
      'tabswarm_peers{progress="leecher"} 1',
      'tabswarm_members{kind="webrtc"} 1',
      ...["tabswarm_sockets 1", "tabswarm_swarms 1", "tabswarm_store_errors_total 0"],
      ...[
        "tabswarm_announce_duration_seconds_count 1",
        'tabswarm_announce_duration_seconds_bucket{le="+Inf"} 1',
      ],
    ];
    expect(expected.filter((line) => !text.split("\n").includes(line))).toEqual([]);
    expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds\{quantile="0.99"\} [\d.e-]+$/m);
    for (const secret of [testInfoHash(1), "192.0.2.7"]) expect(text).not.toContain(secret);
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(
        /^$|^# (?:HELP|TYPE) [a-z_]+ .+$|^[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? [\d.e+-]+$/,
      );
    }
  });
});

describe("readiness", () => {
  test("a tracker whose stores answer is ready", async () => {
    const { httpUrl } = await openTracker({ checks: [{ store: "records", look: async () => 1 }] });
    const response = await get(`${httpUrl}/readyz`);
    expect([response.status, await response.json()]).toEqual([200, { status: "ready" }]);
  });

  test("one whose store is unavailable is not, until it is back; it is alive all the same", async () => {
    let isAway = true;
    const look = () => (isAway ? Promise.reject(new Error("away")) : Promise.resolve());
    const tracker = await openTracker({ checks: [{ store: "records", look }] });
    const readyz = `${tracker.httpUrl}/readyz`;
    const response = await get(readyz);
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: "unavailable", store: "records" },
    ]);
    expect((await get(`${tracker.httpUrl}/healthz`)).status).toBe(200);
    isAway = false;
    tracker.advance(1_000);
    expect((await get(readyz)).status).toBe(200);
  });

  test("a store that does not answer is unavailable; it is asked once, however many people want to know", async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
      return new Promise(() => {});
    };
    const { httpUrl } = await openTracker({ checks: [{ store: "records", look }] });
    const responses = await Promise.all([1, 2, 3].map(() => get(`${httpUrl}/readyz`)));
    expect(responses.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(looks).toBe(1);
  });
});

/** `fetch` would not send another `Host`. */
async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const [response] = await once(request(url, { headers }).end(), "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return new Response(Buffer.concat(chunks), { status: response.statusCode, headers: response.headers });
}
