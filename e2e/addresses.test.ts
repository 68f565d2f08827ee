import { join } from "node:path";
import { pino } from "pino";
import { afterEach } from "vitest";
import { parseLink } from "#shared/meta/magnet.ts";
import { startTracker } from "#signal-tracker/main.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";

// At which addresses `tabswarm seed` and `download` look for a tracker and for each other.

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function download(source: unknown, out: string, ...flags: readonly string[]): RunningCommand {
  return new RunningCommand("download", String(source), "--out", out, "--port", "0", "--no-rtc", ...flags);
}

test("links name the public address of a tracker, announces go to the one that was typed", async ({
  folder,
}) => {
  const tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    publicUrl: new URL("https://share.invalid/"),
    log: pino({ level: "silent" }),
  });
  ends.push(() => tracker.close());
  const typed = `http://127.0.0.1:${tracker.port}/`;
  const path = await randomFile(folder, "film.bin", MIB);
  const seeder = new RunningCommand("seed", path, "--port", "0", "--no-rtc", "--tracker", typed);
  const { magnet, link, infoHash } = await seeder.line("seeding");
  expect(parseLink(String(magnet)).trackers).toEqual([
    "https://share.invalid/announce",
    "wss://share.invalid/",
  ]);
  expect(link).toBe(`https://share.invalid/#${infoHash}&dn=film.bin`);
  await untilCounted(typed, String(infoHash), { seeders: 1 });

  const out = join(folder, "got");
  await download(infoHash, out, "--tracker", typed).line("downloaded");
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test("a share link that names no tracker is downloaded by the tracker that it leads to", async ({
  folder,
  trackerUrl,
}) => {
  const path = await randomFile(folder, "film.bin", MIB);
  const seeder = new RunningCommand("seed", path, "--port", "0", "--no-rtc", "--tracker", trackerUrl);
  const { link } = await seeder.line("seeding");
  expect(link).not.toContain("tr=");

  const watcher = new RunningCommand("peers", String(link), "--port", "0", "--no-rtc");
  expect(await watcher.line("peer")).toMatchObject({ kind: "tcp", seeding: true });
  const out = join(folder, "got");
  await download(link, out).line("downloaded");
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test("several links in one text are all downloaded, and what is none of them is told", async ({
  folder,
  trackerUrl,
}) => {
  const paths = await Promise.all(["one.bin", "two.bin"].map((name) => randomFile(folder, name, MIB)));
  const links: unknown[] = [];
  for (const path of paths) {
    const seeder = new RunningCommand("seed", path, "--port", "0", "--no-rtc", "--tracker", trackerUrl);
    links.push((await seeder.line("seeding"))["link"]);
  }
  const out = join(folder, "got");
  const downloader = download(`Take ${links.join(",\nand ")}. But not magnet:?dn=x.`, out);
  expect((await downloader.line("warning"))["message"]).toContain("That magnet link names no torrent.");
  const names = [await downloader.line("downloaded"), await downloader.line("downloaded")];
  expect(names.map(({ name }) => name).sort()).toEqual(["one.bin", "two.bin"]);
  expect(await downloader.ended()).toBe(0);
});
