import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Failure, readFailureCode } from "#shared/announce/announce.ts";
import { type PeerAddress, peerPort } from "#shared/announce/compact.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { parseAddressReply } from "#shared/announce/http-reply.ts";
import { encodeUdpRequest, parseUdpReply, type UdpReply } from "#shared/announce/udp.ts";
import { encodeAnnounce } from "#shared/announce/websocket.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerKey, withKey } from "#shared/base/tracker-key.ts";
import { isSqliteMissing } from "../../e2e/sqlite.ts";
import {
  type AccountTracker,
  ApiClient,
  openAccountTracker,
  PASSWORD,
  register,
} from "../accounts/accounts.test-support.ts";
import { testAddressAnnounce, testAnnounce, testInfoHash } from "../core/tracker.test-support.ts";
import { MAX_MEMBERS_PER_ACCOUNT_IN_SWARM } from "../limits/accounts.ts";
import { SOCKET_LIMITS } from "../limits/websocket.ts";
import { closing, TestClient } from "./transport.test-support.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
const atEnd = (cleanUp: () => void | Promise<void>) => void cleanUps.push(cleanUp);
let tracker: AccountTracker;

beforeEach(async () => {
  tracker = await openAccountTracker(atEnd);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Somebody with a key. */
async function withNewKey(name: string) {
  const browser = await register(tracker, name);
  const { id, key } = (await browser.post("/api/keys", { name: "client" })).body;
  return { browser, id, key: parseTrackerKey(key) ?? expect.fail("no key") };
}

describe("over HTTP", () => {
  async function announceOver(path: string, peer = 1): Promise<unknown> {
    const url = announceUrl(
      `${tracker.url}${path}` as TrackerUrl,
      testAddressAnnounce(peer, { port: peer }),
      undefined,
    );
    const response = await fetch(url);
    return parseAddressReply(new Uint8Array(await response.arrayBuffer()));
  }
  const refused = (reason: string, retryIn?: Failure["retryIn"]) => ({
    type: "failure",
    reason: expect.stringContaining(reason),
    retryIn,
  });

  test("an announce with a key is answered; without one, or with a wrong one, refused with the reason", async () => {
    const { key } = await withNewKey("anna");
    expect(await announceOver(`/announce/${key}`)).toMatchObject({ type: "addressReply", leechers: 1 });
    expect(await announceOver(`/announce/${key.toUpperCase()}/`, 2)).toMatchObject({ leechers: 2 });
    expect(await announceOver("/announce")).toMatchObject(refused("for people with an account"));
    expect(await announceOver("/announce/")).toMatchObject(refused("not complete", "never"));
    expect(await announceOver("/announce/short")).toMatchObject(refused("not complete", "never"));
    expect(await announceOver(`/announce/${"a".repeat(32)}`)).toMatchObject(
      refused("does not know", "never"),
    );
  });

  test("so are scrapes, where libtorrent looks for them", async () => {
    const { key } = await withNewKey("anna");
    const scrape = async (path: string) =>
      await (await fetch(`${tracker.url}${path}?info_hash=${"%01".repeat(20)}`)).text();
    expect(await scrape(`/scrape/${key}`)).toContain("complete");
    expect(await scrape("/scrape")).toContain("failure reason");
    expect(await scrape(`/scrape/${"a".repeat(32)}`)).toContain("failure reason");
  });

  test("a key that was revoked, or whose owner was banned or removed, is refused at once", async () => {
    const admin = await register(tracker, "root", tracker.code);
    const { browser, id, key } = await withNewKey("anna");
    const path = `/announce/${key}`;
    expect(await announceOver(path)).toMatchObject({ type: "addressReply" });
    await admin.patch("/api/accounts/anna", { isBanned: true });
    expect(await announceOver(path)).toMatchObject(refused("banned", 3_600));
    await admin.patch("/api/accounts/anna", { isBanned: false });
    await browser.post("/api/session", { name: "anna", password: PASSWORD });
    await browser.delete(`/api/keys/${id}`);
    expect(await announceOver(path)).toMatchObject(refused("revoked", "never"));
    const other = await browser.post("/api/keys", { name: "other" });
    await browser.delete("/api/me", { password: PASSWORD });
    expect(await announceOver(`/announce/${other.body.key}`)).toMatchObject(
      refused("does not know", "never"),
    );
  });

  test("the addresses of a key that was revoked, or whose owner was banned or removed, leave their swarms at once", async () => {
    const admin = await register(tracker, "root", tracker.code);
    const { key: watching } = await withNewKey("otto");
    const peers = async () => {
      const reply = await announceOver(`/announce/${watching}`, 9);
      return (reply as { peers: { address: PeerAddress }[] }).peers
        .map(({ address }) => peerPort(address))
        .sort();
    };
    const { browser, id, key } = await withNewKey("anna");
    const { key: other } = (await browser.post("/api/keys", { name: "other" })).body;
    await announceOver(`/announce/${key}`, 1);
    await announceOver(`/announce/${key}`, 2);
    await announceOver(`/announce/${other}`, 2); // The client has got the other key.
    await announceOver(`/announce/${other}`, 3);
    expect(await peers()).toEqual([1, 2, 3]);
    await browser.delete(`/api/keys/${id}`);
    expect(await peers()).toEqual([2, 3]);
    await admin.patch("/api/accounts/anna", { isBanned: true });
    expect(await peers()).toEqual([]);
    const { browser: maria, key: hers } = await withNewKey("maria");
    await announceOver(`/announce/${hers}`, 4);
    expect(await peers()).toEqual([4]);
    await maria.delete("/api/me", { password: PASSWORD });
    expect(await peers()).toEqual([]);
  });

  test.skipIf(isSqliteMissing())("so they do if the tracker was restarted in between", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "tabswarm-admission-"));
    atEnd(() => rm(dataFolder, { recursive: true }));
    tracker = await openAccountTracker(atEnd, { dataFolder });
    const { id, key } = await withNewKey("anna");
    const { key: others } = await withNewKey("otto");
    await announceOver(`/announce/${key}`, 1);
    await tracker.close();
    tracker = await openAccountTracker(atEnd, { dataFolder });
    expect(await announceOver(`/announce/${others}`, 2)).toMatchObject({ leechers: 2 });
    const browser = new ApiClient(tracker);
    await browser.post("/api/session", { name: "anna", password: PASSWORD });
    await browser.delete(`/api/keys/${id}`);
    expect(await announceOver(`/announce/${others}`, 2)).toMatchObject({ leechers: 1 });
  });

  test("an account has a bounded number of clients, whatever their addresses", async () => {
    const { key } = await withNewKey("anna");
    const path = `/announce/${key}`;
    const url = (port: number) =>
      announceUrl(
        `${tracker.url}${path}` as TrackerUrl,
        { ...testAddressAnnounce(port % 10), port },
        undefined,
      );
    for (let port = 1; port <= 50; port++) await (await fetch(url(port))).arrayBuffer();
    expect(await (await fetch(url(51))).text()).toContain("too many clients of your account");
    expect(await (await fetch(url(50))).text()).toContain("complete");
    const { key: others } = await withNewKey("otto");
    expect(await announceOver(`/announce/${others}`)).toMatchObject({ type: "addressReply" });
  });

  test("without accounts, the URL that a client has from before still works", async () => {
    const plain = await openAccountTracker(atEnd, { accounts: false });
    const key = parseTrackerKey("a".repeat(32)) ?? expect.fail("no key");
    const url = withKey(`${plain.url}/announce` as TrackerUrl, key);
    const reply = await (await fetch(announceUrl(url, testAddressAnnounce(1), undefined))).text();
    expect(reply).toContain("complete");
    expect((await fetch(`${plain.url}/announce/x`)).status).toBe(404);
  });
});

describe("over UDP", () => {
  /** Sends a packet and returns the answer to it. */
  async function ask(socket: Socket, packet: Uint8Array): Promise<UdpReply> {
    const answered = once(socket, "message");
    socket.send(packet, tracker.port, "127.0.0.1");
    const [answer] = await answered;
    return parseUdpReply(answer, 4);
  }

  test("the path of the URL carries the key (BEP 41); without it, announces and scrapes are refused with a sentence", async () => {
    tracker = await openAccountTracker(atEnd, { udp: true });
    const { browser, id, key } = await withNewKey("anna");
    const socket = createSocket("udp4");
    atEnd(() => void socket.close());
    const connected = await ask(socket, encodeUdpRequest({ type: "connect", transactionId: 1 }));
    const connectionId =
      connected.type === "connectReply" ? connected.connectionId : expect.fail("no connection id");
    const announceWith = (urlData: string, port = 6_881) =>
      ask(
        socket,
        encodeUdpRequest({
          type: "announce",
          transactionId: 2,
          connectionId,
          announce: { ...testAddressAnnounce(1), port },
          urlData,
        }),
      );
    expect(await announceWith(`/announce/${key}?x=1`)).toMatchObject({ type: "announceReply", leechers: 1 });
    expect(await announceWith(`/announce/${key}`)).toMatchObject({ type: "announceReply" }); // Decided at once.
    expect(await announceWith("/announce")).toMatchObject({
      reason: expect.stringContaining("wants your key"),
    });
    expect(await announceWith("")).toMatchObject({ reason: expect.stringContaining("wants your key") });
    expect(await announceWith(`/announce/${"a".repeat(32)}`)).toMatchObject({
      reason: expect.stringContaining("does not know the key"),
    });
    const scrape = encodeUdpRequest({
      type: "scrape",
      transactionId: 3,
      connectionId,
      infoHashes: [testInfoHash(1)],
    });
    expect(await ask(socket, scrape)).toMatchObject({ reason: expect.stringContaining("scrape over http") });
    for (let port = 1; port < MAX_MEMBERS_PER_ACCOUNT_IN_SWARM; port++)
      expect(await announceWith(`/announce/${key}`, port)).toMatchObject({ type: "announceReply" });
    expect(await announceWith(`/announce/${key}`, 7_000)).toMatchObject({
      reason: expect.stringContaining("too many clients of your account"),
    });
    await browser.delete(`/api/keys/${id}`);
    expect(await announceWith(`/announce/${key}`)).toMatchObject({
      reason: expect.stringContaining("revoked"),
    });
  });
});

test("neither the log nor the metrics name a key", async () => {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  tracker = await openAccountTracker(atEnd, { log });
  const { browser, id, key } = await withNewKey("anna");
  const url = `${tracker.url}/announce/${key}`;
  for (const [method, path] of [
    ["GET", url],
    ["GET", announceUrl(url as TrackerUrl, testAddressAnnounce(1), undefined)],
    ["POST", url],
    ["GET", `${url}/more`],
    ["GET", `${tracker.url}/scrape/${key}`],
    ["GET", `${tracker.url}/api/${key}`],
  ] as const)
    await (await fetch(path, { method })).arrayBuffer();
  const client = new TestClient(url.replace("http", "ws"), {});
  await once(client.socket, "open");
  const closed = closing(client);
  await browser.delete(`/api/keys/${id}`);
  await closed;
  lines.push(await (await fetch(`${tracker.url}/metrics`)).text());
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join("")).not.toContain(key);
});

describe("over WebSocket", () => {
  async function open(path: string, headers: Record<string, string> = {}): Promise<TestClient> {
    const client = new TestClient(`ws://127.0.0.1:${tracker.port}${path}`, headers);
    atEnd(() => client.socket.terminate());
    await once(client.socket, "open");
    return client;
  }
  const cookieOf = ({ cookie = "" }: ApiClient) => ({ cookie });

  test("a key in the path or a session lets announce; without, every message is refused with a code", async () => {
    const { browser, key } = await withNewKey("anna");
    expect(await (await open(`/announce/${key}`)).announce(testAnnounce(1))).toMatchObject({ leechers: 1 });
    expect(await (await open("/", cookieOf(browser))).announce(testAnnounce(2))).toMatchObject({
      leechers: 2,
    });
    const guest = await open("/");
    expect(await guest.announce(testAnnounce(3))).toMatchObject({
      type: "failure",
      infoHash: testInfoHash(1),
      code: "loginNeeded",
      retryIn: undefined,
    });
    expect(readFailureCode("loginNeeded")).toBe("loginNeeded");
    expect(await (await open(`/announce/${"a".repeat(32)}`)).announce(testAnnounce(3))).toMatchObject({
      type: "failure",
      code: "keyUnknown",
      retryIn: "never",
    });
    expect(await (await open("/announce/x")).announce(testAnnounce(3))).toMatchObject({
      code: "keyMalformed",
    });
    expect(await (await open(`/announce/${key}`)).announce(testAnnounce(4))).toMatchObject({ leechers: 3 });
  });

  test("whoever is refused and goes on all the same loses the socket", async () => {
    const guest = await open("/");
    const closed = closing(guest);
    for (let count = 0; count <= SOCKET_LIMITS.maxUselessPerMinute; count++)
      guest.socket.send(encodeAnnounce(testAnnounce(3)));
    expect(await closed).toEqual([
      1008,
      `too many useless messages (limit: ${SOCKET_LIMITS.maxUselessPerMinute} a minute)`,
    ]);
  });

  test("nobody is introduced to whoever may not announce", async () => {
    const { key } = await withNewKey("anna");
    const guest = await open("/");
    await guest.announce(testAnnounce(3));
    const member = await open(`/announce/${key}`);
    expect(
      await member.announce({
        ...testAnnounce(1),
        offers: [{ offerId: "0".repeat(40) as never, sdp: "v=0" }],
      }),
    ).toMatchObject({
      leechers: 1,
    });
  });

  test.each([
    [
      "the key is revoked",
      async ({ browser, id }: Member) => browser.delete(`/api/keys/${id}`),
      "the key was revoked",
    ],
    [
      "the account is removed",
      async ({ browser }: Member) => browser.delete("/api/me", { password: PASSWORD }),
      "your account was banned or removed",
    ],
  ])("when %s, its sockets are closed with a reason", async (_, end, reason) => {
    const member = await withNewKey("anna");
    const client = await open(`/announce/${member.key}`);
    await client.announce(testAnnounce(1));
    const closed = closing(client);
    await end(member);
    expect(await closed).toEqual([1008, reason]);
    const { key } = await withNewKey("otto");
    expect(await (await open(`/announce/${key}`)).announce(testAnnounce(2))).toMatchObject({ leechers: 1 });
  });
  type Member = Awaited<ReturnType<typeof withNewKey>>;

  test("logging out closes that browser's sockets, and no others", async () => {
    const { browser, key } = await withNewKey("anna");
    const other = new ApiClient(tracker);
    await other.post("/api/session", { name: "anna", password: PASSWORD });
    const [here, there, program] = [
      await open("/", cookieOf(browser)),
      await open("/", cookieOf(other)),
      await open(`/announce/${key}`),
    ];
    const closed = closing(here);
    await browser.delete("/api/session");
    expect(await closed).toEqual([1008, "you have logged out"]);
    expect(await there.announce(testAnnounce(1))).toMatchObject({ leechers: 1 });
    const closedThere = closing(there);
    await browser.post("/api/session", { name: "anna", password: PASSWORD });
    const again = await open("/", cookieOf(browser));
    await browser.patch("/api/me", { password: PASSWORD, newPassword: "battery staple" });
    expect(await closedThere).toEqual([1008, "your password was changed: log in again"]);
    expect(await program.announce(testAnnounce(2))).toMatchObject({ leechers: 1 });
    expect(await again.announce(testAnnounce(3))).toMatchObject({ leechers: 2 });
  });

  test("a page of another site cannot announce as whoever is logged in, but may use a key that it was given", async () => {
    const { browser, key } = await withNewKey("anna");
    const foreign = { origin: "https://evil.example" };
    const socket = new WebSocket(`ws://127.0.0.1:${tracker.port}/`, {
      headers: { ...cookieOf(browser), ...foreign },
    });
    const [error] = await once(socket, "error");
    expect(String(error)).toContain("403");
    const own = { origin: `http://127.0.0.1:${tracker.port}` };
    expect(await (await open("/", { ...cookieOf(browser), ...own })).announce(testAnnounce(1))).toMatchObject(
      {
        leechers: 1,
      },
    );
    expect(await (await open(`/announce/${key}`, foreign)).announce(testAnnounce(2))).toMatchObject({
      leechers: 2,
    });
  });

  test("an account has a bounded number of sockets", async () => {
    const { key } = await withNewKey("anna");
    const clients = await Promise.all(Array.from({ length: 50 }, () => open(`/announce/${key}`)));
    const last = await open(`/announce/${key}`);
    expect(await last.announce(testAnnounce(1))).toMatchObject({ code: "tooManyOfAccount" });
    const [first] = clients;
    first?.socket.close();
    await once(first?.socket ?? expect.fail(), "close");
    expect(await (await open(`/announce/${key}`)).announce(testAnnounce(1))).toMatchObject({ leechers: 1 });
  });

  test("without accounts, pages of any site may announce, at a URL with a key as well", async () => {
    tracker = await openAccountTracker(atEnd, { accounts: false });
    const client = await open(`/announce/${"a".repeat(32)}`, { origin: "https://elsewhere.example" });
    expect(await client.announce(testAnnounce(1))).toMatchObject({ leechers: 1 });
  });
});
