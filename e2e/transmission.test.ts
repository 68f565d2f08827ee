import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { isMissing } from "./missing.ts";
import { makeTorrent, seed } from "./our-torrent.ts";
import { NO_NETWORK, ownAddress } from "./own-address.ts";
import { startPlainTracker } from "./plain-tracker.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";
import { findTransmission, NO_TRANSMISSION, startTransmission } from "./transmission.ts";
import { until } from "./until.ts";

// The headless peer with Transmission as Debian installs it, both on an address other than loopback.

const HOST = ownAddress();

describe.skipIf(isMissing(HOST, NO_NETWORK) || isMissing(findTransmission(), NO_TRANSMISSION))(
  "Transmission with its default settings",
  () => {
    test.concurrent("downloads from `tabswarm seed`, which it tries to reach over uTP first", async ({
      folder,
    }) => {
      // Not our tracker, where the seeder may announce again only after half a minute.
      const tracker = await startPlainTracker(HOST ?? "");
      const path = await randomFile(join(folder, "ours"), "film.bin", 8 * MIB);
      const torrent = await makeTorrent(path, tracker.url);
      const seeder = await seed(torrent, "--no-rtc");
      const got = join(folder, "got");
      await startTransmission(torrent.file, got, join(folder, "home"));
      // Transmission renames the file when it is complete.
      await until(() => existsSync(join(got, "film.bin")));
      expect(await sha256(join(got, "film.bin"))).toBe(await sha256(path));
      expect(await seeder.stop()).toBe(0);
      tracker.close();
    });

    test.concurrent("seeds to `tabswarm download` enough blocks to fill the queue of requests that it allows", async ({
      trackerUrl,
      folder,
    }) => {
      const path = await randomFile(folder, "film.bin", 32 * MIB);
      const torrent = await makeTorrent(path, trackerUrl);
      await startTransmission(torrent.file, folder, join(folder, "home"));
      await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
      const got = join(folder, "got");
      const command = new RunningCommand("download", torrent.magnet, "--out", got, "--port", "0");
      expect(await command.line("downloaded")).toMatchObject({
        failedPieces: 0,
        peers: [{ client: expect.stringMatching(/^Transmission/), kind: "tcp", bytes: 32 * MIB }],
      });
      expect(await command.ended()).toBe(0);
      expect(await sha256(join(got, "film.bin"))).toBe(await sha256(path));
    });
  },
);
