import { basename } from "node:path";
import { expect, openTab, randomFile, sha256, test } from "./fixtures.ts";

const MIB = 1024 * 1024;

test("64 MiB go from one tab to another and arrive byte for byte", async ({ tracker, folder, context }) => {
  const path = await randomFile(folder, "film.bin", 64 * MIB);
  const seeder = await openTab(context, tracker.url);
  await seeder.share(path);
  await seeder.expectState("film.bin", "seeding");

  const leecher = await openTab(context, await seeder.shareLink("film.bin"));
  await leecher.expectState("film.bin", "seeding");
  const saved = await leecher.save("film.bin");

  expect(basename(path)).toBe("film.bin");
  expect(await sha256(saved)).toBe(await sha256(path));
});
