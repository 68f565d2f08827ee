import { join } from "node:path";
import { describe } from "vitest";
import { findAria2, leechWithAria2, NO_ARIA2, seedWithAria2 } from "./aria2.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { isMissing } from "./missing.ts";
import { makeTorrent, type OurTorrent, seed } from "./our-torrent.ts";
import { endOf } from "./processes.ts";
import { findRTorrent, NO_RTORRENT, seedWithRTorrent } from "./rtorrent.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";
import { findTransmission, NO_TRANSMISSION, startTransmission } from "./transmission.ts";
import { hasWebTorrent, NO_WEBTORRENT, RunningWebTorrent } from "./webtorrent.ts";

// The headless peer with foreign clients that talk over encrypted links alone.

const BYTES = 4 * MIB;

const ours = async (folder: string, trackerUrl: string): Promise<OurTorrent> =>
  makeTorrent(await randomFile(join(folder, "ours"), "film.bin", BYTES), trackerUrl);

/** Downloads by magnet link, and compares the bytes. */
async function download(torrent: OurTorrent, folder: string, ...flags: readonly string[]) {
  const got = join(folder, "got");
  const words = ["--out", got, "--port", "0", "--no-rtc", ...flags];
  const command = new RunningCommand("download", torrent.magnet, ...words);
  const { peers } = await command.line("downloaded");
  expect(await command.ended()).toBe(0);
  expect(await sha256(join(got, "film.bin"))).toBe(await sha256(join(torrent.data, "film.bin")));
  return peers;
}

/** One who is called without encryption by default, and one who is never. */
const RULES = [["allow"], ["require"]] as const;

describe.skipIf(isMissing(findAria2(), NO_ARIA2))("aria2 with forced encryption", () => {
  test.concurrent("downloads from `tabswarm seed`", async ({ trackerUrl, folder }) => {
    const torrent = await ours(folder, trackerUrl);
    const seeder = await seed(torrent, "--no-rtc");
    const got = join(folder, "got");
    expect(await endOf(await leechWithAria2(torrent.file, got, "--bt-force-encryption=true"))).toBe(0);
    expect(await sha256(join(got, "film.bin"))).toBe(await sha256(join(torrent.data, "film.bin")));
    expect(await seeder.stop()).toBe(0);
  });

  test.concurrent.for(RULES)(
    "seeds to `tabswarm download --encryption %s`",
    async ([rule], { trackerUrl, folder }) => {
      const torrent = await ours(folder, trackerUrl);
      await seedWithAria2(torrent.file, torrent.data, "--bt-force-encryption=true");
      await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
      expect(await download(torrent, folder, "--encryption", rule)).toMatchObject([
        { client: expect.stringMatching(/^aria2/), kind: "tcp", bytes: BYTES },
      ]);
    },
  );
});

describe.skipIf(isMissing(hasWebTorrent, NO_WEBTORRENT))(
  "WebTorrent, which dials with encryption alone",
  () => {
    test.concurrent("downloads from `tabswarm seed`, which is there first", async ({
      trackerUrl,
      folder,
    }) => {
      const torrent = await ours(folder, `${trackerUrl}announce`);
      const seeder = await seed(torrent, "--no-rtc");
      const got = join(folder, "got");
      await new RunningWebTorrent(torrent.magnet, got).done();
      expect(await sha256(join(got, "film.bin"))).toBe(await sha256(join(torrent.data, "film.bin")));
      expect(await seeder.stop()).toBe(0);
    });

    test.concurrent("downloads over RC4 alone from `tabswarm seed --encryption require`", async ({
      trackerUrl,
      folder,
    }) => {
      const torrent = await ours(folder, `${trackerUrl}announce`);
      const seeder = await seed(torrent, "--no-rtc", "--encryption", "require");
      const got = join(folder, "got");
      await new RunningWebTorrent(torrent.magnet, got, "rc4").done();
      expect(await sha256(join(got, "film.bin"))).toBe(await sha256(join(torrent.data, "film.bin")));
      expect(await seeder.stop()).toBe(0);
    });

    test.concurrent("seeds to `tabswarm download --encryption prefer`", async ({ trackerUrl, folder }) => {
      const torrent = await ours(folder, `${trackerUrl}announce`);
      await new RunningWebTorrent(torrent.file, torrent.data).done();
      await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
      expect(await download(torrent, folder, "--encryption", "prefer")).toMatchObject([
        { client: expect.stringMatching(/^WebTorrent/), kind: "tcp", bytes: BYTES },
      ]);
    });
  },
);

describe.skipIf(isMissing(findTransmission(), NO_TRANSMISSION))(
  "Transmission that requires encryption",
  () => {
    test.concurrent.for(RULES)(
      "seeds to `tabswarm download --encryption %s`",
      async ([rule], { trackerUrl, folder }) => {
        const torrent = await ours(folder, trackerUrl);
        await startTransmission(torrent.file, torrent.data, join(folder, "home"), "--encryption-required");
        await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
        expect(await download(torrent, folder, "--encryption", rule)).toMatchObject([
          { client: expect.stringMatching(/^Transmission/), kind: "tcp", bytes: BYTES },
        ]);
      },
    );
  },
);

describe.skipIf(isMissing(findRTorrent(), NO_RTORRENT))("rTorrent that requires RC4", () => {
  test.concurrent.for(RULES)(
    "seeds to `tabswarm download --encryption %s`",
    async ([rule], { trackerUrl, folder }) => {
      const torrent = await ours(folder, trackerUrl);
      await seedWithRTorrent(torrent.file, torrent.data, join(folder, "home"), {
        "protocol.encryption.set": "allow_incoming,require,require_RC4",
      });
      await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
      expect(await download(torrent, folder, "--encryption", rule)).toMatchObject([
        { kind: "tcp", bytes: BYTES },
      ]);
    },
  );
});

test("two of ours that require encryption meet", async ({ trackerUrl, folder }) => {
  const torrent = await ours(folder, trackerUrl);
  const seeder = await seed(torrent, "--no-rtc", "--encryption", "require");
  expect(await download(torrent, folder, "--encryption", "require")).toMatchObject([{ kind: "tcp" }]);
  expect(await seeder.stop()).toBe(0);
});
