import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe } from "vitest";
import { encodeUdpReply, parseUdpRequest } from "#shared/announce/udp.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { MAX_TRACKERS } from "#shared/base/tracker-url.ts";
import { encodeMetainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import type { TrackerView } from "#shared/session/view.ts";
import { type JsonLine, RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import {
  ForeignTracker,
  hasForeignTracker,
  NO_FOREIGN_TRACKER,
  startDeadTracker,
  type TrackerKind,
  trackerUrl,
} from "./foreign-tracker-server.ts";
import { freePort } from "./free-port.ts";
import { isMissing } from "./missing.ts";
import { makeTorrent, seed } from "./our-torrent.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";
import { runTracker } from "./tracker.ts";

// `tabswarm seed` and `tabswarm download`, mostly with nothing in common but a foreign tracker.

/** A process may start slowly on a busy machine. */
const WAIT = { timeout: 30_000 };

const KINDS: readonly (readonly [TrackerKind, string])[] = [
  ["udp", "--no-rtc"],
  ["http", "--no-rtc"],
  ["ws", "--no-tcp"],
];

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function startTracker(kind: TrackerKind, port: number): Promise<ForeignTracker> {
  const tracker = await ForeignTracker.start(kind, port);
  cleanUps.push(() => tracker.close());
  return tracker;
}

function download(magnet: unknown, out: string, ...flags: readonly string[]): RunningCommand {
  return new RunningCommand("download", String(magnet), "--out", out, "--port", "0", ...flags);
}

describe.skipIf(isMissing(hasForeignTracker, NO_FOREIGN_TRACKER))("through bittorrent-tracker", () => {
  test.for(KINDS)(
    "over %s a download completes, counts as a seeder, and says goodbye",
    async ([kind, flag], { folder }) => {
      const port = await freePort();
      const tracker = await startTracker(kind, port);
      const path = await randomFile(folder, "film.bin", MIB);
      const named = ["--tracker", trackerUrl(kind, port), "--port", "0", flag];
      const seeder = new RunningCommand("seed", path, ...named);
      const { magnet, infoHash } = await seeder.line("seeding");
      const leecher = download(magnet, join(folder, "got"), flag, "--seed-after");
      await leecher.line("downloaded");
      expect(await sha256(join(folder, "got", "film.bin"))).toBe(await sha256(path));

      const counts = (): readonly number[] => tracker.counts(String(infoHash));
      await expect.poll(counts, WAIT).toEqual([2, 0]);
      expect(await leecher.stop()).toBe(0);
      await expect.poll(counts, WAIT).toEqual([1, 0]);
      expect(await seeder.stop()).toBe(0);
      await expect.poll(counts, WAIT).toEqual([0, 0]);
    },
  );

  test.for(KINDS)(
    "over %s peers find a tracker that was down at first when it comes up",
    async ([kind, flag], { folder }) => {
      const dead = await startDeadTracker(kind);
      const path = await randomFile(folder, "film.bin", MIB);
      const seeder = new RunningCommand(
        "seed",
        path,
        "--tracker",
        trackerUrl(kind, dead.port),
        "--port",
        "0",
        flag,
      );
      const { magnet } = await seeder.line("seeding");
      await expect.poll(dead.calls, WAIT).toBeGreaterThan(0);
      const before = dead.calls();
      const leecher = download(magnet, join(folder, "got"), flag);
      await expect.poll(dead.calls, WAIT).toBeGreaterThan(before + 1);
      await dead.close();
      await startTracker(kind, dead.port);
      await leecher.line("downloaded");
      expect(await leecher.ended()).toBe(0);
      expect(await sha256(join(folder, "got", "film.bin"))).toBe(await sha256(path));
    },
  );

  test("dead trackers of a tier are skipped", async ({ folder }) => {
    const port = await freePort();
    await startTracker("udp", port);
    const dead = await Promise.all([1, 2, 3].map(() => startDeadTracker("http")));
    for (const each of dead) cleanUps.push(() => each.close());
    const urls = [...dead.map((each) => trackerUrl("http", each.port)), trackerUrl("udp", port)];
    const path = await randomFile(folder, "film.bin", MIB);
    const torrent = await makeTorrent(path);
    const { infoBytes } = parseMetainfo(await readFile(torrent.file));
    await writeFile(torrent.file, encodeMetainfo({ infoBytes, trackerTiers: [urls as TrackerUrl[]] }));

    await seed(torrent, "--no-rtc");
    const leecher = download(torrent.file, join(folder, "got"), "--no-rtc");
    await leecher.line("downloaded");
    expect(await sha256(join(folder, "got", "film.bin"))).toBe(await sha256(path));
  });

  test("URLs in a link that are not trackers are not called", async ({ folder }) => {
    let calls = 0;
    const bait = createServer().on("connection", () => {
      calls += 1;
    });
    bait.listen(0, "127.0.0.1");
    await once(bait, "listening");
    cleanUps.push(() => bait.close());
    const address = bait.address();
    const host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const baits = [
      ...["ftp", "gopher", "file", "javascript", "data"].map((scheme) => `${scheme}://${host}/announce`),
      ...["http", "ws"].map((scheme) => `${scheme}://${host}/router/reboot`),
      "ws://localhost:1/router/reboot",
    ];

    const port = await freePort();
    await startTracker("udp", port);
    const path = await randomFile(folder, "film.bin", MIB);
    const seeder = new RunningCommand("seed", path, "--tracker", trackerUrl("udp", port), "--port", "0");
    const { magnet } = await seeder.line("seeding");
    const parameters = baits.map((url) => `&tr=${encodeURIComponent(url)}`).join("");
    await download(`${magnet}${parameters}`, join(folder, "got")).line("downloaded");
    expect(calls).toBe(0);
  });
});

test("a torrent is announced to at most twenty trackers, first those from the command line", async ({
  folder,
}) => {
  const announcedTo = new Set<string>();
  const tracker = createSocket("udp4").bind(0, "127.0.0.1");
  tracker.on("message", (packet, from) => {
    const request = parseUdpRequest(packet);
    const { transactionId } = request;
    if (request.type === "announce") announcedTo.add(request.urlData);
    const counts = { intervalSeconds: 600, seeders: 0, leechers: 1, peers: [] };
    const reply =
      request.type === "connect"
        ? encodeUdpReply({ type: "connectReply", transactionId, connectionId: 1n })
        : encodeUdpReply({ type: "announceReply", transactionId, ...counts });
    tracker.send(reply, from.port, from.address);
  });
  await once(tracker, "listening");
  cleanUps.push(() => tracker.close());
  const url = (path: string): string => `udp://127.0.0.1:${tracker.address().port}/announce/${path}`;

  const named = Array.from({ length: MAX_TRACKERS }, (_, at) => url(`link-${at}`));
  const typed = ["a", "b", "c"].map((letter) => url(`typed-${letter}`));
  const magnet = `magnet:?xt=urn:btih:${"ab".repeat(20)}${named.map((tr) => `&tr=${encodeURIComponent(tr)}`).join("")}`;
  const flags = typed.flatMap((tr) => ["--tracker", tr]);
  const command = download(magnet, folder, "--no-rtc", ...flags);
  await expect.poll(() => announcedTo.size, WAIT).toBe(MAX_TRACKERS);
  await command.stop();
  const expected = [...typed, ...named.slice(0, MAX_TRACKERS - typed.length)];
  expect([...announcedTo].sort()).toEqual(
    expected.map((each) => new URL(each.replace("udp", "http")).pathname).sort(),
  );
});

test("a seeder over TCP alone is found again soon after its tracker restarts", async ({ folder }) => {
  const port = String(await freePort());
  const before = await runTracker("--port", port);
  const path = await randomFile(folder, "film.bin", MIB);
  const flags = ["--port", "0", "--no-rtc"];
  const seeder = new RunningCommand("seed", path, "--tracker", before.url, ...flags);
  const { magnet } = await seeder.line("seeding");
  await seeder.line("status", (line) => statesOf(line).every((state) => state === "working"));
  await before.stop();
  await runTracker("--port", port);
  // Over HTTP alone the seeder would not announce for ten minutes.
  await download(magnet, join(folder, "got"), "--no-rtc").line("downloaded");
  expect(await sha256(join(folder, "got", "film.bin"))).toBe(await sha256(path));
});

test("the status says what is wrong with each tracker, and when the next announce is due", async ({
  folder,
}) => {
  const server = createServer(({ url }, response) => {
    if (url?.startsWith("/announce/gone")) return response.writeHead(404).end("<html>");
    if (url?.startsWith("/announce/busy")) return response.writeHead(503, { "retry-after": "3600" }).end();
    const reason = "Your client is not approved";
    return response.end(`d14:failure reason${reason.length}:${reason}8:retry in5:nevere`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dead = `127.0.0.1:${await freePort()}`;
  const path = await randomFile(folder, "film.bin", 1_000);
  const urls = [
    ...["gone", "busy", "refused"].map((name) => `http://${host}/announce/${name}`),
    `ws://${host}/announce/gone`,
    `http://${dead}/announce`,
    `ws://${dead}/`,
    `ws://${"a".repeat(64)}.invalid/`,
  ];
  const named = urls.flatMap((url) => ["--tracker", url]);
  const seeder = new RunningCommand("seed", path, "--port", "0", ...named);
  const status = await seeder.line("status", (line) => trackersOf(line).every(({ message }) => message));
  const views = new Map(trackersOf(status).map((tracker) => [tracker.url, tracker]));
  const viewOf = (at: number): TrackerView | undefined => views.get(urls[at] as TrackerUrl);
  expect(viewOf(0)?.message).toContain("404 (Not Found); check the address");
  expect(viewOf(1)?.message).toContain("503 (Service Unavailable)");
  expect(viewOf(1)?.nextInSeconds).toBeGreaterThan(3_000);
  expect(viewOf(2)).toMatchObject({ state: "refused", message: "Your client is not approved" });
  expect(viewOf(2)?.nextInSeconds).toBeUndefined();
  expect(viewOf(3)?.message).toContain("404 (Not Found)");
  for (const at of [4, 5]) expect(viewOf(at)?.message).toContain("nothing listens there; start the tracker");
  expect(viewOf(6)?.message).toMatch(/no host of this name|cannot be looked up/);
  await seeder.stop();
});

function trackersOf(status: JsonLine): readonly TrackerView[] {
  return status["trackers"] as readonly TrackerView[];
}

function statesOf(status: JsonLine): readonly string[] {
  return trackersOf(status).map(({ state }) => state);
}

test("a tracker URL with an unsupported scheme is wrong usage", async () => {
  const magnet = `magnet:?xt=urn:btih:${"ab".repeat(20)}`;
  expect(await new RunningCommand("download", magnet, "--tracker", "ftp://127.0.0.1/").ended()).toBe(2);
});

test("a seed that checks its files first counts as a seeder well before its next regular announce", async ({
  trackerUrl,
  folder,
}) => {
  const torrent = await makeTorrent(await randomFile(folder, "film.bin", 8 * MIB), trackerUrl);
  const seeder = await seed(torrent, "--no-rtc");
  await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1, leechers: 0 });
  expect(await seeder.stop()).toBe(0);
});
