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

// What goes wrong on real machines, with the command as a process of its own.

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
  test("killed with -9 amid several files, a download goes on with what is on the disk", async ({
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
    const peer = await wirePeer(content, (good) => (isHeld && peer.asked > blocks / 2 ? never : good));
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

  test("what is in the way is named, and not overwritten", async ({ trackerUrl, folder }) => {
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

  test("a file that is changed is served no more, and named", async ({ trackerUrl, folder }) => {
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

  test("a disk that is full is named, and what was there is kept", async ({
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

  test("a folder that may not be written is named", async ({ trackerUrl, folder, skip, onTestFinished }) => {
    const torrent = await torrentOfOne(folder, MIB, trackerUrl);
    const seeder = await seed(torrent, "--no-rtc");
    const isRoot = process.getuid?.() === 0; // It may write to every folder that can be written at all.
    const out = isRoot ? await mountedDisk({ skip, onTestFinished }, "ro") : join(folder, "locked");
    if (!isRoot) await mkdir(out, { mode: 0o500 });
    const command = download(torrent, out);
    expect((await command.line("error"))["message"]).toContain(out);
    expect(await command.ended()).toBe(1);
    expect(await seeder.stop()).toBe(0);
  });

  test("a port that is in use is named", async ({ folder, onTestFinished }) => {
    const path = await randomFile(folder, "film.bin", MIB);
    const server = createServer().listen(0);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const command = new RunningCommand("seed", path, "--port", String(port));
    expect((await command.line("error"))["message"]).toMatch(new RegExp(`^Port ${port} is in use\\.`));
    expect(await command.ended()).toBe(1);
  });

  test("Ctrl-C takes leave of peers and trackers, and waits for none that is silent", async ({
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
    await until(() => peer.asked > 0);
    for (const url of [trackerUrl, silentUrl]) await untilCounted(url, torrent.infoHash, { leechers: 1 });
    silent.freeze();

    const begin = performance.now();
    expect(await command.stop()).toBe(1);
    // 3 s are promised, on a machine with nothing else to do. Who waits for the tracker waits for 15 s and more.
    expect(performance.now() - begin).toBeLessThan(10_000);
    await untilCounted(trackerUrl, torrent.infoHash, { seeders: 1, leechers: 0 });
    await until(() => peer.links === 0);
  });

  test("two seeders on one machine both give", async ({ trackerUrl, folder }) => {
    const bytes = 4 * MIB;
    const torrent = await torrentOfOne(folder, bytes, trackerUrl);
    // So slowly that one alone could not be done before the other is found.
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

/** What the files below a folder take on the disk: a sparse file counts for what was written. They may come and go. */
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

/** A disk of its own. Skips the test where none can be mounted. */
async function mountedDisk(
  { skip, onTestFinished }: Pick<TestContext, "skip" | "onTestFinished">,
  options: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-disk-"));
  onTestFinished(() => rmdir(folder));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", folder], { stdio: "ignore" });
  } catch {
    console.warn("*** No disk can be mounted here (only root may): SKIPPED. ***");
    return skip("this machine does not let the test mount a small disk");
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}
