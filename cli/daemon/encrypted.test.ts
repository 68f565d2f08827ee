import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { HeadlessPeer } from "#headless-peer/peer.ts";
import { findTrackers, NO_LOGINS } from "#headless-peer/trackers/named-trackers.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { trackersIn } from "#shared/library/tracker-urls.ts";
import { startTracker } from "#signal-tracker/main.ts";
import { findSeed, seedLinks, seedTorrent } from "../sources/seed-source.ts";
import { openDaemon, randomFile, type TestedDaemon } from "./daemon.test-support.ts";

const newFolder = temporaryFolders();

/** Shares a folder `Trip` of two files for those who have the link, until the test ends. */
async function sharedTrip() {
  const tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false });
  onTestFinished(() => tracker.close());
  const trackers = tracker.urls.slice(0, 1);
  const folder = await newFolder();
  await mkdir(join(folder, "Trip"));
  for (const [name, bytes] of [
    ["a.bin", 300_000],
    ["b.bin", 500_000],
  ] as const)
    await randomFile(join(folder, "Trip"), name, bytes);
  const wish = { paths: [join(folder, "Trip")], private: false, encrypt: { again: undefined } };
  const found = await findSeed(wish, {
    hashing: () => ({ add: () => {}, end: () => {} }),
    skipped: () => {},
  });
  const named = await findTrackers(trackersIn(trackers), NO_LOGINS, () => {});
  const peer = await HeadlessPeer.start({
    ...{ tcp: { host: "127.0.0.1", port: 0, encryption: "allow" }, rtc: false, iceServers: () => [] },
    ...{ rates: { up: undefined, down: undefined }, exchange: false, trusted: named.trusted },
    ...{ local: undefined, dht: undefined, warn: () => {} },
  });
  onTestFinished(() => peer.close());
  await peer.add(seedTorrent(found, named));
  const { magnet, link = "" } = seedLinks(found, named);
  return {
    folder,
    trackers,
    magnet,
    link: link || `#${found.infoHash}&k=${found.key}`,
    infoHash: found.infoHash,
    key: found.key ?? "",
  };
}

async function shows(daemon: TestedDaemon, infoHash: string, expected: object): Promise<void> {
  await eventually(async () =>
    expect((await daemon.ask("GET", `/api/torrents/${infoHash}`)).json).toMatchObject(expected),
  );
}

test("a daemon reads an encrypted share, has it again after a restart, and deletes it with all that belongs to it", async () => {
  const { folder, trackers, link, infoHash, key } = await sharedTrip();
  const daemon = await openDaemon(join(folder, "leecher"), { trackers });
  await daemon.ask("POST", "/api/torrents", { link, select: ["a.bin"] });
  await shows(daemon, infoHash, { phase: "seeding", name: "Trip", fileCount: 2 });
  const downloads = daemon.options.folder;
  expect(await readdir(join(downloads, "Trip"))).toEqual(["a.bin"]);
  const { json, text } = await daemon.ask("GET", `/api/torrents/${infoHash}`);
  expect(json.shareLink ?? link).toContain(key);
  expect(text.replace(json.shareLink ?? "", "")).not.toContain(key);
  expect(json.magnetLink).not.toContain("Trip");
  const pieces = await daemon.ask("GET", `/api/torrents/${infoHash}/pieces`);
  expect(pieces.json.fileBytes.slice(0, 1)).toEqual([300_000]);
  await daemon.close();

  const again = await openDaemon(join(folder, "leecher"), { trackers });
  await again.ready;
  await shows(again, infoHash, { phase: "seeding", name: "Trip", downloadedBytes: json.downloadedBytes });
  await again.ask("PATCH", `/api/torrents/${infoHash}`, { selectedFiles: [0, 1] });
  await shows(again, infoHash, {
    files: [{ selected: true }, { selected: true, bytes: 500_000 }],
  });
  expect(
    (await readFile(join(downloads, "Trip/a.bin"))).equals(await readFile(join(folder, "Trip/a.bin"))),
  ).toBe(true);
  expect([...again.told, ...daemon.told, ...again.warnings].join()).not.toContain(key);
  expect((await again.ask("DELETE", `/api/torrents/${infoHash}?deleteData=true`)).status).toBe(204);
  expect(await readdir(downloads)).toEqual([]);
});

test("a link with the right key mends a share that was added without one, or with a wrong one", async () => {
  const { folder, trackers, link, infoHash, key } = await sharedTrip();
  const daemon = await openDaemon(join(folder, "leecher"), { trackers });
  const add = (text: string) => daemon.ask("POST", "/api/torrents", { link: text });
  await add(link.replace(/&k=.*/, ""));
  await shows(daemon, infoHash, {
    phase: "error",
    problem: expect.stringContaining("This share needs its key"),
  });
  await add(
    link.replace(
      key,
      key.replace(/^./, (first) => (first === "A" ? "B" : "A")),
    ),
  );
  await shows(daemon, infoHash, {
    phase: "error",
    problem: expect.stringContaining("not that of the share"),
  });
  expect((await add(link)).json.items).toMatchObject([{ infoHash, isNew: false }]);
  await shows(daemon, infoHash, { phase: "seeding", name: "Trip" });
  await add(link.replace(/&k=.*/, "")); // What is read needs no other link.
  await shows(daemon, infoHash, { phase: "seeding", name: "Trip" });
});

test("a link without a key mends a torrent that needs none", async () => {
  const { folder, trackers } = await sharedTrip();
  const sharer = await openDaemon(join(folder, "plain"), { trackers });
  const { json } = await sharer.ask("POST", "/api/torrents", {
    paths: [await randomFile(folder, "plain.bin")],
  });
  const [{ infoHash }] = json.items;
  const daemon = await openDaemon(join(folder, "leecher"), { trackers });
  await daemon.ask("POST", "/api/torrents", { link: `#${infoHash}&k=${"A".repeat(43)}` });
  await shows(daemon, infoHash, { phase: "error", problem: expect.stringContaining("The link has a key") });
  await daemon.ask("POST", "/api/torrents", { link: infoHash });
  await shows(daemon, infoHash, { phase: "seeding", name: "plain.bin" });
});

test("a daemon makes an encrypted share of files, has it again after a restart, and ends it when a file changes", async () => {
  const tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false });
  onTestFinished(() => tracker.close());
  const trackers = tracker.urls.slice(0, 1);
  const folder = await newFolder();
  await mkdir(join(folder, "Trip"));
  for (const name of ["a.bin", "b.bin"]) await randomFile(join(folder, "Trip"), name, 300_000);
  const paths = [join(folder, "Trip")];
  const daemon = await openDaemon(join(folder, "sharer"), { trackers });
  const { json: added } = await daemon.ask("POST", "/api/torrents", { paths, encrypt: true });
  const { infoHash, name } = added.items[0];
  expect(name).toBe("Trip");
  await shows(daemon, infoHash, { phase: "seeding", name: "Trip", fileCount: 2 });
  const { json, text } = await daemon.ask("GET", `/api/torrents/${infoHash}`);
  const [, key = ""] = /&k=(.{43})$/.exec(json.shareLink) ?? [];
  expect(text.replace(json.shareLink, "")).not.toContain(key || "no key");
  expect(json.magnetLink).not.toContain("Trip");
  const wrong = await daemon.ask("POST", "/api/torrents", {
    paths: [join(folder, "Trip/a.bin")],
    again: json.shareLink,
  });
  expect(wrong).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining("not what that link shares") } },
  });
  await daemon.close();
  const record = join(daemon.options.stateFolder, `${infoHash}.json`);
  expect([(await stat(record)).mode & 0o77, await readFile(record, "utf8")]).toEqual([
    0,
    expect.stringContaining(key),
  ]);

  const again = await openDaemon(join(folder, "sharer"), { trackers });
  await again.ready;
  await shows(again, infoHash, { phase: "seeding", name: "Trip", lock: "open", shareLink: json.shareLink });
  const reader = await openDaemon(join(folder, "reader"), { trackers });
  await reader.ask("POST", "/api/torrents", { link: json.shareLink });
  await shows(reader, infoHash, { phase: "seeding", name: "Trip" });
  const [sent, got] = await Promise.all(
    [folder, reader.options.folder].map((at) => readFile(join(at, "Trip/b.bin"))),
  );
  expect(got?.equals(sent ?? Buffer.of())).toBe(true);
  expect([...again.told, ...daemon.told, ...again.warnings, ...daemon.warnings].join()).not.toContain(key);
  await again.close();

  await randomFile(join(folder, "Trip"), "b.bin", 300_000);
  const third = await openDaemon(join(folder, "sharer"), { trackers });
  await third.ready;
  await shows(third, infoHash, {
    phase: "error",
    problem: expect.stringContaining("b.bin was changed"),
  });
});

test("without its key a share is not downloaded, unless it is to be carried", async () => {
  const { folder, trackers, magnet, infoHash } = await sharedTrip();
  const daemon = await openDaemon(join(folder, "carrier"), { trackers });
  await daemon.ask("POST", "/api/torrents", { link: magnet });
  await shows(daemon, infoHash, { phase: "error", problem: expect.stringContaining("needs its key") });
  expect(await readdir(daemon.options.folder).catch(() => [])).toEqual([]);
  await daemon.ask("DELETE", `/api/torrents/${infoHash}`);
  await daemon.ask("POST", "/api/torrents", { link: magnet, withoutKey: true });
  await shows(daemon, infoHash, { phase: "seeding", name: "encrypted-share-1", lock: "closed" });
  await daemon.close();
  const again = await openDaemon(join(folder, "carrier"), { trackers });
  await again.ready;
  await shows(again, infoHash, { phase: "seeding", name: "encrypted-share-1" });
});
