import { once } from "node:events";
import { join } from "node:path";
import { Client } from "bittorrent-dht";
import { afterEach, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { findAria2, leechWithAria2, NO_ARIA2 } from "./aria2.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { freePort } from "./free-port.ts";
import { isMissing } from "./missing.ts";

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

interface Node {
  readonly address: string;
  /** The info-hashes that peers announced to it. */
  readonly announced: readonly string[];
}

/** Starts the first node of a DHT of the test's own. */
async function startNode(): Promise<Node> {
  const node = new Client({ bootstrap: [] });
  closings.push(() => node.destroy());
  const announced: string[] = [];
  node.on("announce_peer", (infoHash) => announced.push(infoHash.toString("hex")));
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${node.address().port}`, announced };
}

test("without any tracker `tabswarm download` finds `tabswarm seed` through a DHT", async () => {
  const { address, announced } = await startNode();
  const flags = ["--dht-bootstrap", address];
  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", 3 * MIB);
  const seeder = run("seed", path, ...flags);
  expect(await seeder.line("warning")).toMatchObject({ message: expect.stringMatching(/by the DHT only/) });
  const { magnet, infoHash } = await seeder.line("seeding");
  await expect.poll(() => announced, { timeout: 20_000 }).toContain(infoHash);

  const out = join(folder, "got");
  const downloader = run("download", String(magnet), "--out", out, ...flags);
  const { peers } = await downloader.line("downloaded");
  expect(peers).toMatchObject([{ kind: "tcp", bytes: 3 * MIB }]);
  expect(await downloader.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});

test.skipIf(isMissing(findAria2(), NO_ARIA2))(
  "aria2 finds `tabswarm seed` through a DHT, with a magnet link without trackers",
  async () => {
    const { address, announced } = await startNode();
    const folder = await newFolder();
    const path = await randomFile(folder, "film.bin", MIB);
    const { magnet, infoHash } = await run("seed", path, "--dht-bootstrap", address).line("seeding");
    await expect.poll(() => announced, { timeout: 20_000 }).toContain(infoHash);
    const out = join(folder, "got");
    const aria2 = await leechWithAria2(
      String(magnet),
      out,
      "--enable-dht=true",
      `--dht-entry-point=${address}`,
      `--dht-listen-port=${await freePort()}`,
      `--dht-file-path=${join(folder, "dht.dat")}`,
    );
    expect(await once(aria2, "exit")).toEqual([0, null]);
    expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  },
);
