import { join } from "node:path";
import { describe } from "vitest";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { isMissing } from "./missing.ts";
import { findRTorrent, NO_RTORRENT, seedWithRTorrent } from "./rtorrent.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";

describe.skipIf(isMissing(findRTorrent(), NO_RTORRENT))("rTorrent", () => {
  test("gives us metadata of several pieces, although it answers only the first of two requests at once", async ({
    trackerUrl,
    folder,
  }) => {
    const path = await randomFile(folder, "film.bin", 32 * MIB);
    const file = `${path}.torrent`;
    const create = new RunningCommand(
      "create",
      path,
      "--announce",
      trackerUrl,
      "--out",
      file,
      "--piece-length",
      "16384",
    );
    const { infoHash, magnet } = await create.line("created");
    await seedWithRTorrent(file, folder, join(folder, "home"));
    await untilCounted(trackerUrl, String(infoHash), { seeders: 1 });
    const got = join(folder, "got");
    const command = new RunningCommand("download", String(magnet), "--out", got, "--port", "0");
    expect(await command.line("downloaded")).toMatchObject({ failedPieces: 0, bytes: 32 * MIB });
    expect(await command.ended()).toBe(0);
    expect(await sha256(join(got, "film.bin"))).toBe(await sha256(path));
  });
});
