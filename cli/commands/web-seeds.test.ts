import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { parseMetainfo } from "#shared/meta/metainfo.ts";
import { type StaticServer, serveFolder } from "../../e2e/static-server.ts";
import { finished, jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

// A folder on a plain web server, and nobody else.

const newFolder = temporaryFolders();
const installed = testedTabswarm();
const ALONE = ["--port", "0", "--no-rtc", "--no-lsd", "--no-pex"];

vi.setConfig({ testTimeout: 30_000 });

const FILES: Readonly<Record<string, number>> = {
  "Ảnh/a b#.bin": 700_001,
  "Ảnh/sub/100%.txt": 5,
  "Ảnh/z": 1_300_000,
};

/** A folder with files, and a web server that shows it. */
async function served(
  files: Readonly<Record<string, number>> = FILES,
): Promise<{ folder: string; server: StaticServer }> {
  const folder = await newFolder();
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), Buffer.alloc(bytes, `${path} `));
  }
  const server = await serveFolder(folder);
  onTestFinished(() => server.close());
  return { folder, server };
}

async function expectSame(folder: string, out: string, files = FILES): Promise<void> {
  for (const path of Object.keys(files))
    expect((await readFile(join(out, path))).equals(await readFile(join(folder, path))), path).toBe(true);
}

test("a folder on a web server is all that a download needs, and the web seed leaves the info-hash alone", async () => {
  const { folder, server } = await served();
  const [plain, torrent] = [join(folder, "plain.torrent"), join(folder, "x.torrent")];
  const source = join(folder, "Ảnh");
  await installed.run(["create", source, "--out", plain]);
  const seeds = ["--web-seed", server.url, "--web-seed", "https://other.example/files/"];
  const created = await installed.run(["create", source, "--out", torrent, ...seeds, "--json"]);
  const [{ magnet, infoHash }] = jsonLines(created.out).slice(-1) as [{ magnet: string; infoHash: string }];
  expect(magnet).toContain(`&ws=${encodeURIComponent(server.url)}&ws=https`);
  const [without, written] = [parseMetainfo(await readFile(plain)), parseMetainfo(await readFile(torrent))];
  expect(written.webSeeds).toEqual([server.url, "https://other.example/files/"]);
  expect(Buffer.compare(written.infoBytes, without.infoBytes)).toBe(0);
  const info = await installed.run(["info", torrent]);
  expect(info.out).toContain(`  web seeds   ${server.url}\n              https://other.example/files/\n`);
  expect((await installed.run(["info", magnet])).out).toContain(`  web seeds   ${server.url}\n`);
  expect(info.out).toContain(infoHash);

  // It is on this machine, where no torrent may lead: the person must name it.
  const out = join(folder, "got");
  const one = await installed.run([
    "download",
    torrent,
    "--web-seed",
    server.url,
    "--out",
    out,
    ...ALONE,
    "--json",
  ]);
  expect(one.code, one.err).toBe(0);
  const host = new URL(server.url).host;
  const pieces = Math.ceil(2_000_006 / parseMetainfo(await readFile(torrent)).info.layout.pieceLength);
  expect(jsonLines(one.out).slice(-1)).toEqual([
    expect.objectContaining({
      type: "downloaded",
      peers: [
        expect.objectContaining({
          peer: `web seed ${host}`,
          kind: "web",
          bytes: 2_000_006,
          goodPieces: pieces,
        }),
      ],
    }),
  ]);
  await expectSame(folder, out);
  expect(server.asked.every(({ range }) => /^bytes=\d+-\d+$/.test(range ?? ""))).toBe(true);
  await rm(out, { recursive: true });

  const text = await installed.run(["download", torrent, "--web-seed", server.url, "--out", out, ...ALONE]);
  expect(text.out).toMatch(new RegExp(`web seed ${host} +HTTP +${pieces} +2.0 MB +0`));
});

test("a torrent's web seed on this machine is not asked, and the command says so", async () => {
  const { folder, server } = await served({ "film.bin": 100_000 });
  const torrent = join(folder, "x.torrent");
  await installed.run(["create", join(folder, "film.bin"), "--out", torrent, "--web-seed", server.url]);
  const download = installed.start(["download", torrent, "--out", join(folder, "got"), ...ALONE, "--json"]);
  expect(JSON.parse(await lineOf(download, /private network/))).toMatchObject({
    webSeeds: [{ url: server.url, state: "resting", problem: expect.stringContaining("--web-seed") }],
  });
  download.kill("SIGINT");
  await finished(download);
  expect(server.asked).toEqual([]);
});

test("a single file is at the web seed's own address, and seed names its web seeds in its links", async () => {
  const { folder, server } = await served({ "film.bin": 100_000 });
  const film = join(folder, "film.bin");
  const seeder = installed.start(["seed", film, "--web-seed", `${server.url}film.bin`, ...ALONE, "--json"]);
  const { magnet } = JSON.parse(await lineOf(seeder, /"seeding"/));
  expect(magnet).toContain(`&ws=${encodeURIComponent(`${server.url}film.bin`)}`);
  seeder.kill("SIGINT");
  await finished(seeder);
  const torrent = join(folder, "x.torrent");
  await installed.run(["create", film, "--out", torrent]);
  const out = join(folder, "got");
  const { code, err } = await installed.run([
    "download",
    torrent,
    "--web-seed",
    `${server.url}film.bin`,
    "--out",
    out,
    ...ALONE,
  ]);
  expect(code, err).toBe(0);
  await expectSame(folder, out, { "film.bin": 100_000 });
});

test("what is no web seed is refused", async () => {
  for (const bad of ["ftp://a.example/", "example.org", "https://name:secret@a.example/"]) {
    const { code, err } = await installed.run(["create", "x", "--web-seed", bad]);
    expect([code, err]).toEqual([2, expect.stringContaining("https://example.org/files/")]);
  }
});
