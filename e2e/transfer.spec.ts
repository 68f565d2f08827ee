import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

test("64 MiB go from one tab to another and arrive byte for byte", async ({ tracker, folder, context }) => {
  const path = await randomFile(folder, "film.bin", 64 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);

  const leecher = await openTab(context, await seeder.shareLink("film.bin"));
  await leecher.expectState("film.bin", "seeding");
  const saved = await leecher.save("film.bin");

  // The tracker's counts arrive two minutes later; the sharer knows at once.
  await expect(seeder.entry("film.bin").getByRole("list", { name: "Who gets it" })).toContainText(
    "Has everything",
  );
  await expect(seeder.entry("film.bin")).toContainText("1 other person has the whole file");
  expect(await sha256(saved)).toBe(await sha256(path));
});

test("two torrents at once go to another person", async ({ tracker, folder, context, newPerson }) => {
  const names = ["film.bin", "music.bin"];
  const paths = await Promise.all(names.map((name) => randomFile(folder, name, 16 * MIB)));
  const seeder = await openTab(context, tracker.url);
  for (const path of paths) await seeder.share(path);
  for (const name of names) await seeder.expectState(name, "seeding");

  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(16 * MIB);
  await leecher.page.evaluate(countBarTransitions);
  for (const name of names) await leecher.download(await seeder.magnetLink(name));
  for (const name of names) await leecher.expectState(name, "downloading");
  await expect(leecher.page).toHaveTitle(/^\d+% · 2 files · Tabswarm$/);

  for (const [at, name] of names.entries()) {
    await leecher.expectState(name, "seeding");
    expect(await sha256(await leecher.save(name))).toBe(await sha256(paths[at] ?? ""));
  }
  // Drawing frames all the time would take a twentieth of a transfer's CPU.
  expect(await leecher.page.evaluate(() => window.barTransitions)).toBe(0);
});

declare global {
  interface Window {
    barTransitions: number;
  }
}

/** Runs in the page: counts how often a progress bar begins to glide to its next value. */
function countBarTransitions(): void {
  window.barTransitions = 0;
  document.addEventListener("transitionrun", ({ target }) => {
    if (target instanceof Element && target.closest(".progress") !== null) window.barTransitions += 1;
  });
}

test("an empty file and a file smaller than a block arrive", async ({ tracker, folder, context }) => {
  const seeder = await openTab(context, tracker.url);
  const leecher = await openTab(context, tracker.url);
  for (const [name, bytes] of [
    ["empty.txt", 0],
    ["one-byte.txt", 1],
  ] as const) {
    const path = await randomFile(folder, name, bytes);
    await seeder.share(path);
    await seeder.expectState(name, "seeding");
    await leecher.download(await seeder.shareLink(name));
    await leecher.expectState(name, "seeding");
    expect(await sha256(await leecher.save(name))).toBe(await sha256(path));
  }
});
