import { join } from "node:path";
import { Client } from "bittorrent-dht";
import { afterEach, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/testing.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";

const newFolder = temporaryFolders();
const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

function run(...words: readonly string[]): RunningCommand {
  const command = new RunningCommand(...words, "--port", "0", "--no-rtc");
  closings.push(() => command.kill());
  return command;
}

test("without any tracker `tabswarm download` finds `tabswarm seed` through a DHT", async () => {
  const node = new Client({ bootstrap: [] });
  closings.push(() => node.destroy());
  const told: string[] = [];
  node.on("announce_peer", (infoHash) => told.push(infoHash.toString("hex")));
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  const enter = ["--dht-bootstrap", `127.0.0.1:${node.address().port}`];

  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", 3 * MIB);
  const seeder = run("seed", path, ...enter);
  expect(await seeder.line("warning")).toMatchObject({ message: expect.stringMatching(/by the DHT only/) });
  const { magnet, infoHash } = await seeder.line("seeding");
  await expect.poll(() => told, { timeout: 20_000 }).toContain(infoHash);

  const out = join(folder, "got");
  const downloader = run("download", String(magnet), "--out", out, ...enter);
  const { peers } = await downloader.line("downloaded");
  expect(peers).toMatchObject([{ kind: "tcp", bytes: 3 * MIB }]);
  expect(await downloader.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});
