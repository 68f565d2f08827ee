import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "vitest";
import { findAria2, leechWithAria2, NO_ARIA2, seedWithAria2 } from "./aria2.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256Below } from "./files.ts";
import { isMissing } from "./missing.ts";
import { makeTorrent, type OurTorrent, seed } from "./our-torrent.ts";
import { endOf } from "./processes.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";
import { hasWebTorrent, NO_WEBTORRENT, RunningWebTorrent } from "./webtorrent.ts";

// The headless peer with foreign clients, each in its own process; they share nothing but our tracker.

const NAME = "Phim";
const FILES = { "Phim/một.bin": 5 * MIB + 1, "Phim/b/hai.bin": 3 * MIB };
const TORRENT_BYTES = 8 * MIB + 1;

/** Makes a folder of random files and its torrent. */
async function makeFolder(folder: string, ...trackers: readonly string[]): Promise<OurTorrent> {
  const data = join(folder, "ours");
  for (const [path, bytes] of Object.entries(FILES)) await randomFile(data, path, bytes);
  return makeTorrent(join(data, NAME), ...trackers);
}

/** Both ways to refer to a torrent. */
const REFERENCES = [
  ["by its .torrent", ({ file }: OurTorrent) => file],
  ["by its magnet link", ({ magnet }: OurTorrent) => magnet],
] as const;

describe.skipIf(isMissing(findAria2(), NO_ARIA2))(
  "aria2, over TCP, with the announce URL from our .torrent files",
  () => {
    test.concurrent.for(REFERENCES)(
      "downloads from `tabswarm seed` %s",
      async ([, referenceTo], { trackerUrl, folder }) => {
        const torrent = await makeFolder(folder, trackerUrl);
        const seeder = await seed(torrent);
        const got = join(folder, "got");
        expect(await endOf(await leechWithAria2(referenceTo(torrent), got))).toBe(0);
        expect(await sha256Below(join(got, NAME))).toEqual(await sha256Below(join(torrent.data, NAME)));
        expect(await seeder.stop()).toBe(0);
      },
    );

    test.concurrent.for(REFERENCES)(
      "seeds to `tabswarm download` %s",
      async ([, referenceTo], { trackerUrl, folder }) => {
        const torrent = await makeFolder(folder, trackerUrl);
        await seedWithAria2(torrent.file, torrent.data);
        await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
        const got = join(folder, "got");
        const command = new RunningCommand("download", referenceTo(torrent), "--out", got, "--port", "0");
        expect(await command.line("downloaded")).toMatchObject({
          failedPieces: 0,
          peers: [{ client: expect.stringMatching(/^aria2/), kind: "tcp", bytes: TORRENT_BYTES }],
        });
        expect(await command.ended()).toBe(0);
        expect(await sha256Below(join(got, NAME))).toEqual(await sha256Below(join(torrent.data, NAME)));
      },
    );

    test("has a free upload slot, which `tabswarm peers --idle` finds", async ({ trackerUrl, folder }) => {
      const torrent = await makeFolder(folder, trackerUrl);
      await seedWithAria2(torrent.file, torrent.data);
      await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
      const command = new RunningCommand("peers", torrent.magnet, "--idle", "--limit", "1", "--port", "0");
      const facts = {
        client: expect.stringMatching(/^aria2/),
        kind: "tcp",
        progress: 1,
        seeding: true,
        idle: true,
      };
      expect(await command.line("peer")).toMatchObject(facts);
      expect(await command.ended()).toBe(0);
    });
  },
);

describe.skipIf(isMissing(hasWebTorrent, NO_WEBTORRENT))("WebTorrent in Node", () => {
  const socketUrl = (trackerUrl: string): string => trackerUrl.replace("http", "ws");
  const announceUrl = (trackerUrl: string): string => `${trackerUrl}announce`;

  /** The links over which it meets us: those of its only tracker. */
  const LINKS = [
    ["tcp", announceUrl, "--no-rtc"],
    ["rtc", socketUrl, "--no-tcp"],
  ] as const;

  // It comes first, so that we dial it: over TCP it dials encrypted and, unlike others, does not retry without.
  test.concurrent.for(LINKS)(
    "downloads from `tabswarm seed` over %s, by magnet link",
    async ([, urlOf, flag], { trackerUrl, folder }) => {
      const torrent = await makeFolder(folder, urlOf(trackerUrl));
      const got = join(folder, "got");
      const done = new RunningWebTorrent(torrent.magnet, got).done();
      await untilCounted(trackerUrl, torrent.infoHash, { leechers: 1 });
      const seeder = await seed(torrent, flag);
      await done;
      expect(await sha256Below(join(got, NAME))).toEqual(await sha256Below(join(torrent.data, NAME)));
      expect(await seeder.stop()).toBe(0);
    },
  );

  test.concurrent.for(LINKS)(
    "seeds to `tabswarm download` over %s, by magnet link",
    async (link, { trackerUrl, folder }) => {
      const [kind, urlOf, flag] = link;
      const torrent = await makeFolder(folder, urlOf(trackerUrl));
      await new RunningWebTorrent(torrent.file, torrent.data).done();
      await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
      const got = join(folder, "got");
      const command = new RunningCommand("download", torrent.magnet, "--out", got, "--port", "0", flag);
      expect(await command.line("downloaded")).toMatchObject({
        failedPieces: 0,
        peers: [{ client: expect.stringMatching(/^WebTorrent/), kind, bytes: TORRENT_BYTES }],
      });
      expect(await command.ended()).toBe(0);
      expect(await sha256Below(join(got, NAME))).toEqual(await sha256Below(join(torrent.data, NAME)));
    },
  );

  test.concurrent("carries an encrypted share that it cannot read", async ({ trackerUrl, folder }) => {
    const { data } = await makeFolder(folder);
    const words = ["seed", join(data, NAME), "--encrypt", "--tracker", announceUrl(trackerUrl)];
    const [carried, got] = [join(folder, "carried"), join(folder, "got")];
    const seeder = new RunningCommand(...words, "--port", "0", "--no-rtc");
    const { magnet, link, infoHash } = await seeder.line("seeding");
    const done = new RunningWebTorrent(String(magnet), carried).done();
    await done;
    expect(await seeder.stop()).toBe(0);
    const ciphertext = await readFile(join(carried, "encrypted-share-1"));
    const plain = await readFile(join(data, NAME, "một.bin"));
    expect(ciphertext.includes(plain.subarray(0, 64)) || ciphertext.includes("một")).toBe(false);
    await untilCounted(trackerUrl, String(infoHash), { seeders: 1 });
    const command = new RunningCommand("download", String(link), "--out", got, "--port", "0", "--no-rtc");
    expect(await command.line("downloaded")).toMatchObject({
      name: NAME,
      failedPieces: 0,
      peers: [{ client: expect.stringMatching(/^WebTorrent/), kind: "tcp" }],
    });
    expect(await command.ended()).toBe(0);
    expect(await sha256Below(join(got, NAME))).toEqual(await sha256Below(join(data, NAME)));
  });
});
