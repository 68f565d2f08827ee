import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readdir, rmdir, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext } from "vitest";
import { RunningCommand } from "./command.ts";
import { KIB, MIB, randomFile, sha256, sha256Below } from "./files.ts";
import { makeTorrent, type OurTorrent, seed, wireContent } from "./our-torrent.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";
import { until } from "./until.ts";

// What goes wrong on real machines, with the command in its own process.

async function torrentOfOne(
  folder: string,
  bytes: number,
  ...trackers: readonly string[]
): Promise<OurTorrent> {
  return makeTorrent(await randomFile(folder, "film.bin", bytes), ...trackers);
}

function download(torrent: OurTorrent, out: string, ...flags: readonly string[]): RunningCommand {
  return new RunningCommand("download", torrent.file, "--out", out, "--port", "0", "--no-rtc", ...flags);
}

const never = new Promise<Uint8Array>(() => {});

describe.concurrent("hard times", () => {
  test("a download killed with -9 amid several files resumes from what is on disk", async ({
    trackerUrl,
    folder,
    wirePeer,
  }) => {
    const paths = ["a.bin", "b/c.bin", "b/d.bin", "e.bin"];
    for (const [at, path] of paths.entries()) await randomFile(folder, `Films/${path}`, 2 * MIB + at * 1_001);
    const torrent = await makeTorrent(join(folder, "Films"), trackerUrl);
    const content = await wireContent(torrent, ...paths.map((path) => `Films/${path}`));
    const blocks = Math.ceil(content.bytes.length / (16 * KIB));
    const out = join(folder, "got");

    let isHeld = true;
    const peer = await wirePeer(content, (good) => (isHeld && peer.requests > blocks / 2 ? never : good));
    const first = download(torrent, out);
    await until(async () => (await bytesBelow(out)) > 2 * MIB);
    first.kill();
    await first.ended();

    isHeld = false;
    const second = download(torrent, out);
    const { peers } = await second.line("downloaded");
    expect(await second.ended()).toBe(0);
    expect(await sha256Below(join(out, "Films"))).toEqual(await sha256Below(join(folder, "Films")));
    const [{ bytes }] = peers as [{ bytes: number }];
    expect(bytes).toBeLessThan(content.bytes.length - MIB);

    const third = download(torrent, out); // Everything is there already.
    expect((await third.line("downloaded"))["peers"]).toEqual([]);
  });

  test("a file in the way is named, and not overwritten", async ({ trackerUrl, folder }) => {
    const torrent = await torrentOfOne(folder, MIB, trackerUrl);
    const seeder = await seed(torrent);
    const out = join(folder, "got");
    const other = await randomFile(out, "film.bin", 1_000);
    const before = await sha256(other);
    const command = download(torrent, out);
    expect((await command.line("error"))["message"]).toContain(other);
    expect(await command.ended()).toBe(1);
    expect(await sha256(other)).toBe(before);
    expect(await seeder.stop()).toBe(0);
  });

  test("a changed file is named and no longer served", async ({ trackerUrl, folder }) => {
    const torrent = await torrentOfOne(folder, 8 * MIB, trackerUrl);
    const seeder = await seed(torrent);
    await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1 });
    const file = await open(join(folder, "film.bin"), "r+");
    await file.write(Buffer.alloc(MIB), 0, MIB, 3 * MIB);
    await file.close();

    const out = join(folder, "got");
    const command = download(torrent, out);
    expect((await seeder.line("error"))["message"]).toContain(join(folder, "film.bin"));
    await untilCounted(trackerUrl, torrent.infoHash, { seeders: 0 });
    expect(await command.stop()).toBe(1);
    expect(await readdir(out)).not.toContain("film.bin");
    expect(await seeder.ended()).toBe(1); // It has nothing else to share.
  });

  test("a full disk is named, and the pieces on it are kept", async ({
    trackerUrl,
    folder,
    skip,
    onTestFinished,
  }) => {
    const torrent = await torrentOfOne(folder, 8 * MIB, trackerUrl);
    const seeder = await seed(torrent, "--no-rtc");
    const out = await mountedDisk({ skip, onTestFinished }, "size=4m");
    const command = download(torrent, out);
    expect((await command.line("error"))["message"]).toMatch(/no space left for .*\. Free space/);
    expect(await command.ended()).toBe(1);

    execFileSync("mount", ["-o", "remount,size=16m", out]);
    const again = download(torrent, out);
    const { peers } = await again.line("downloaded");
    expect((peers as [{ bytes: number }])[0].bytes).toBeLessThan(8 * MIB);
    expect(await sha256(join(out, "film.bin"))).toBe(await sha256(join(folder, "film.bin")));
    expect(await seeder.stop()).toBe(0);
  });

  test("a read-only folder is named", async ({ trackerUrl, folder, skip, onTestFinished }) => {
    const torrent = await torrentOfOne(folder, MIB, trackerUrl);
    const seeder = await seed(torrent, "--no-rtc");
    const isRoot = process.getuid?.() === 0; // Root may write to any folder that is not mounted read-only.
    const out = isRoot ? await mountedDisk({ skip, onTestFinished }, "ro") : join(folder, "locked");
    if (!isRoot) await mkdir(out, { mode: 0o500 });
    const command = download(torrent, out);
    expect((await command.line("error"))["message"]).toContain(out);
    expect(await command.ended()).toBe(1);
    expect(await seeder.stop()).toBe(0);
  });

  test("a port in use is named", async ({ folder, onTestFinished }) => {
    const path = await randomFile(folder, "film.bin", MIB);
    const server = createServer().listen(0);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const command = new RunningCommand("seed", path, "--port", String(port));
    expect((await command.line("error"))["message"]).toMatch(new RegExp(`^Port ${port} is in use\\.`));
    expect(await command.ended()).toBe(1);
  });

  test("Ctrl-C says goodbye to peers and trackers without waiting for silent ones", async ({
    trackerUrl,
    folder,
    wirePeer,
  }) => {
    const silent = new RunningCommand(
      "tracker",
      "--host",
      "127.0.0.1",
      "--port",
      "0",
      "--no-stun",
      "--log-level",
      "warn",
    );
    const silentUrl = `http://127.0.0.1:${(await silent.line("listening"))["port"]}/`;
    const torrent = await torrentOfOne(folder, 8 * MIB, trackerUrl, silentUrl);
    const peer = await wirePeer(await wireContent(torrent, "film.bin"), () => never);
    const command = new RunningCommand("download", torrent.file, "--out", join(folder, "got"), "--port", "0");
    await until(() => peer.requests > 0);
    for (const url of [trackerUrl, silentUrl]) await untilCounted(url, torrent.infoHash, { leechers: 1 });
    silent.freeze();

    const begin = performance.now();
    expect(await command.stop()).toBe(1);
    // An idle machine takes at most 3 s. Waiting for the tracker would take 15 s or more.
    expect(performance.now() - begin).toBeLessThan(10_000);
    await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1, leechers: 0 });
    await until(() => peer.links === 0);
  });

  test("two seeders on one machine both upload", async ({ trackerUrl, folder }) => {
    const bytes = 4 * MIB;
    const torrent = await torrentOfOne(folder, bytes, trackerUrl);
    // So slow that neither can finish alone before the other is found.
    const seeders = await Promise.all([1, 2].map(() => seed(torrent, "--no-rtc", "--rate-up", "2M")));
    await untilCounted(trackerUrl, torrent.infoHash, { seeders: 2 });
    const command = download(torrent, join(folder, "got"));
    const { peers } = await command.line("downloaded");
    expect(peers).toHaveLength(2);
    expect(await command.ended()).toBe(0);
    expect(await sha256(join(folder, "got/film.bin"))).toBe(await sha256(join(folder, "film.bin")));
    for (const seeder of seeders) expect(await seeder.stop()).toBe(0);
  });
});

/** Disk space of the files below a folder: a sparse file counts only as far as it was written. Files may come and go. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = files.map((file) =>
    stat(file).then(
      ({ blocks }) => blocks * 512,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/** Mounts a small disk. Skips the test if this machine does not allow it. */
async function mountedDisk(
  { skip, onTestFinished }: Pick<TestContext, "skip" | "onTestFinished">,
  options: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-disk-"));
  onTestFinished(() => rmdir(folder));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", folder], { stdio: "ignore" });
  } catch {
    console.warn("*** Only root can mount a disk here: SKIPPED. ***");
    return skip("this machine does not allow the test to mount a disk");
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}
