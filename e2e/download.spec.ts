import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
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
    { kind: "rtc", bytes: BYTES, goodPieces: BYTES / (512 * 1024), failedPieces: 0 },
  ]);
  expect(await command.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test("`tabswarm download` fetches from `tabswarm seed` over TCP, and goes on after kill -9", async ({
  tracker,
  folder,
}) => {
  const path = await randomFile(folder, "film.bin", 8 * BYTES);
  const seeder = new RunningCommand("seed", path, "--tracker", tracker.url, "--port", "0", "--no-rtc");
  const { magnet } = await seeder.line("seeding");
  const out = join(folder, "got");
  const words = ["download", String(magnet), "--out", out, "--port", "0", "--no-rtc"];

  const first = new RunningCommand(...words, "--rate-down", "4M"); // Else it is done before it says anything.
  await first.line("status", ({ bytesDone }) => Number(bytesDone) > 0);
  first.kill();
  await first.ended();
  const second = new RunningCommand(...words);
  const { peers } = await second.line("downloaded");
  expect(peers).toMatchObject([{ kind: "tcp" }]);
  expect(await second.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));

  const third = new RunningCommand(...words); // Everything is there already.
  expect((await third.line("downloaded"))["peers"]).toEqual([]);
  expect(await seeder.stop()).toBe(0);
});

test("what is in the way is named, and nothing is overwritten", async ({ tracker, folder }) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const seeder = new RunningCommand("seed", path, "--tracker", tracker.url, "--port", "0");
  const { magnet } = await seeder.line("seeding");
  const out = join(folder, "got");
  const other = await randomFile(out, "film.bin", 1_000);
  const before = await sha256(other);

  const command = new RunningCommand("download", String(magnet), "--out", out, "--port", "0");
  expect((await command.line("error"))["message"]).toContain("film.bin");
  expect(await command.ended()).toBe(1);
  expect(await sha256(other)).toBe(before);
  expect(await seeder.stop()).toBe(0);
});
