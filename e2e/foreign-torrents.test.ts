import { spawnSync } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { type InstalledTabswarm, installTabswarm } from "../cli/command.test-support.ts";
import { findAria2, leechWithAria2 } from "./aria2.ts";
import { isMissing } from "./missing.ts";
import { endOf } from "./processes.ts";
import { serveFolder } from "./static-server.ts";

// aria2 reads what `tabswarm create` writes, and checks the files against it.

const aria2 = findAria2();
const NOT_INSTALLED = "aria2 is not installed, so our .torrent files are NOT tested with it. Install aria2.";
/** No network, and none of the user's settings. */
const ALONE = ["--no-conf", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false"];
const CHECK = ["--check-integrity=true", "--hash-check-only=true"];

describe.skipIf(isMissing(aria2, NOT_INSTALLED))("aria2 agrees on", () => {
  const temporaryFolder = temporaryFolders();
  let tabswarm: InstalledTabswarm;
  vi.setConfig({ testTimeout: 30_000 }); // Processes start slowly on a busy machine.

  beforeAll(async () => {
    tabswarm = await installTabswarm();
  }, 60_000);
  afterAll(() => tabswarm.remove());

  function runAria2(
    cwd: string,
    ...args: string[]
  ): { readonly status: number | null; readonly out: string } {
    const { status, stdout } = spawnSync(aria2 ?? "", args, { cwd, encoding: "utf8" });
    return { status, out: stdout };
  }

  test.each([
    ["one file", { "film.mkv": 3_000_001 }, ["film.mkv"], []],
    [
      "a folder with unusual names",
      { "Ảnh/b.txt": 700_000, "Ảnh/a/z.bin": 40_000, "Ảnh/a-1": 3, "Ảnh/😀 x": 9, "Ảnh/.hidden": 5 },
      ["Ảnh"],
      ["--piece-length", "16K", "--private", "--comment", "Für alle"],
    ],
    ["loose files", { "b.bin": 600_000, "a.bin": 600_000 }, ["b.bin", "a.bin"], ["--name", "Both"]],
    ["pieces of 16 MiB", { "big.bin": 40_000_000 }, ["big.bin"], ["--piece-length", "16M"]],
  ])("%s: info-hash, names, sizes, tiers and every piece", async (_, files, chosen, flags) => {
    const cwd = await temporaryFolder();
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(join(cwd, path, ".."), { recursive: true });
      await writeFile(join(cwd, path), Buffer.alloc(bytes, `${path} `));
    }
    const announces = ["http://one.example/announce", "udp://two.example:6969", "ws://three.example/"];
    const { code, out } = await tabswarm.run(
      [
        ...["create", ...chosen, ...flags, "--out", "x.torrent", "--json"],
        ...announces.flatMap((url) => ["--announce", url]),
      ],
      { cwd },
    );
    expect(code).toBe(0);
    const { infoHash, name, bytes } = JSON.parse(out.trim().split("\n").at(-1) ?? "");

    const output = runAria2(cwd, "-S", "x.torrent").out;
    expect(output).toContain(`Info Hash: ${infoHash}\n`);
    expect(output).toContain(`Name: ${name}\n`);
    expect(output).toContain(`(${bytes.toLocaleString("en")})\n`);
    expect(output).toContain(`Announce:\n ${announces.join("\n ")}\n`);
    const listed = [...output.matchAll(/\|\.\/(.*)\n +\|.*\((.*)\)/g)].map(([, path, size]) => [path, size]);
    const folder = name === "Both" ? "Both/" : "";
    const expected = Object.entries(files).map(([path, size]) => [folder + path, size.toLocaleString("en")]);
    expect(listed.sort()).toEqual(expected.sort());

    // Puts loose files into the folder that a client would make for them.
    if (folder !== "") await mkdir(join(cwd, folder));
    for (const path of folder === "" ? [] : chosen) {
      await writeFile(join(cwd, folder, path), Buffer.alloc(600_000, `${path} `));
    }
    expect(runAria2(cwd, ...ALONE, ...CHECK, "x.torrent").status).toBe(0);
    await changeOneByte(join(cwd, expected[0]?.[0] ?? ""));
    expect(runAria2(cwd, ...ALONE, ...CHECK, "x.torrent").status).not.toBe(0);
  });

  test("web seeds: it downloads a folder from the web server that --web-seed names, without any peer", async () => {
    const cwd = await temporaryFolder();
    const files = { "a b#.bin": 700_001, "sub/100%.txt": 5, "sub/z": 1_300_000 };
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(join(cwd, "Ảnh", path, ".."), { recursive: true });
      await writeFile(join(cwd, "Ảnh", path), Buffer.alloc(bytes, `${path} `));
    }
    const server = await serveFolder(cwd);
    onTestFinished(() => server.close());
    await tabswarm.run(["create", "Ảnh", "--out", "x.torrent", "--web-seed", server.url], { cwd });
    const got = join(cwd, "got");
    expect(await endOf(await leechWithAria2(join(cwd, "x.torrent"), got))).toBe(0);
    for (const path of Object.keys(files))
      expect((await readFile(join(got, "Ảnh", path))).equals(await readFile(join(cwd, "Ảnh", path)))).toBe(
        true,
      );
  });
});

async function changeOneByte(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.of(0), 0, 1, 0);
  await file.close();
}
