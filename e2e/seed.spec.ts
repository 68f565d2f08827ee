import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256, torrentOf } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const BYTES = 8 * MIB;

test("a tab downloads from `tabswarm seed` over WebRTC", async ({ tracker, folder, context }) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const seeder = new RunningCommand("seed", path, "--tracker", tracker.url, "--port", "0");
  const { link, name } = await seeder.line("seeding");
  expect(name).toBe("film.bin");

  const tab = await openTab(context, String(link));
  await tab.expectState("film.bin", "seeding");
  expect(await sha256(await tab.save("film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});

test("`tabswarm seed` finds a .torrent's data beside it, hashes and seeds it", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  await writeFile(`${path}.torrent`, await torrentOf(path));
  const seeder = new RunningCommand(
    "seed",
    `${path}.torrent`,
    "--tracker",
    tracker.url,
    "--port",
    "0",
    "--no-tcp",
  );
  const { link, port } = await seeder.line("seeding");
  expect(port).toBeUndefined();

  const tab = await openTab(context, String(link));
  await tab.expectState("film.bin", "seeding");
  expect(await seeder.stop()).toBe(0);
});

test("`tabswarm seed` says what it cannot seed", async ({ folder }) => {
  const missing = new RunningCommand("seed", join(folder, "nothing.bin"));
  expect((await missing.line("error"))["message"]).toContain("nothing.bin");
  expect(await missing.ended()).toBe(1);
});
