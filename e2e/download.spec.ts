import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const BYTES = 8 * MIB;

test("`tabswarm download` fetches from a tab", async ({ tracker, folder, context }) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const tab = await openTab(context, tracker.url);
  await tab.share(path);
  await tab.expectState("film.bin", "seeding");

  const out = join(folder, "got");
  const command = new RunningCommand(
    "download",
    await tab.magnetLink("film.bin"),
    "--out",
    out,
    "--port",
    "0",
  );
  const { peers } = await command.line("downloaded");
  expect(peers).toMatchObject([
    { kind: "rtc", bytes: BYTES, goodPieces: BYTES / PIECE_BYTES, failedPieces: 0 },
  ]);
  expect(await command.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});
