import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach } from "vitest";
import { parseLink } from "#shared/meta/read-link.ts";
import { startTracker } from "#signal-tracker/main.ts";
import { RunningCommand, TABSWARM } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { untilCounted } from "./scrape.ts";
import { expect, test } from "./stage.ts";

// The addresses at which `tabswarm seed` and `download` look for trackers and for each other.

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function download(source: unknown, out: string, ...flags: readonly string[]): RunningCommand {
  return new RunningCommand("download", String(source), "--out", out, "--port", "0", "--no-rtc", ...flags);
}

test("links name a tracker's public address, but announces go to the typed one", async ({ folder }) => {
  const tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    publicUrl: new URL("https://share.invalid/"),
    log: pino({ level: "silent" }),
  });
  cleanUps.push(() => tracker.close());
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

test("a share link without trackers is downloaded through the tracker that it leads to", async ({
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

test("a share link is downloaded through its own tracker, also when another one is named", async ({
  folder,
  trackerUrl,
  otherTrackerUrl,
}) => {
  const path = await randomFile(folder, "film.bin", MIB);
  const seeder = new RunningCommand(
    "seed",
    path,
    "--port",
    "0",
    "--no-rtc",
    "--no-lsd",
    "--tracker",
    trackerUrl,
  );
  const { link, infoHash } = await seeder.line("seeding");
  const flags = ["--no-lsd", "--seed-after", "--tracker", otherTrackerUrl];
  await download(link, join(folder, "got"), ...flags).line("downloaded");
  expect(await sha256(join(folder, "got", "film.bin"))).toBe(await sha256(path));
  await untilCounted(trackerUrl, String(infoHash), { seeders: 2 });
  await untilCounted(otherTrackerUrl, String(infoHash), { seeders: 1 });
});

test("a private torrent is not announced to its share link's tracker if it names another", async ({
  folder,
  trackerUrl,
  otherTrackerUrl,
}) => {
  const path = await randomFile(folder, "film.bin", MIB);
  const flags = ["--port", "0", "--no-rtc", "--tracker", trackerUrl];
  const seeder = new RunningCommand("seed", path, "--private", ...flags);
  const infoHash = String((await seeder.line("seeding"))["infoHash"]);
  const link = `${otherTrackerUrl}#${infoHash}&tr=${encodeURIComponent(`${trackerUrl}announce`)}`;
  await download(link, join(folder, "got"), "--seed-after").line("downloaded");
  await untilCounted(trackerUrl, infoHash, { seeders: 2 });
  await untilCounted(otherTrackerUrl, infoHash, { seeders: 0, leechers: 0 });
});

test("all links in a text are downloaded, and a warning names what is not one", async ({
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

test("with --host others get the address where the peer listens", async ({ folder, trackerUrl }) => {
  const path = await randomFile(folder, "film.bin", MIB);
  const flags = ["--port", "0", "--no-rtc", "--host", "127.0.0.2", "--tracker", trackerUrl];
  const seeder = new RunningCommand("seed", path, ...flags);
  const { link, port } = await seeder.line("seeding");
  const watcher = new RunningCommand("peers", String(link), "--port", "0", "--no-rtc");
  expect(await watcher.line("peer")).toMatchObject({ peer: `127.0.0.2:${port}`, seeding: true });

  // A peer also dials from that address, so that peer exchange leads back to it.
  const downloader = download(link, join(folder, "got"), "--host", "127.0.0.3");
  expect(await downloader.line("downloaded")).toMatchObject({ peers: [{ peer: `127.0.0.2:${port}` }] });
});

/** A separate machine with an internet address, where a seeder that no tracker knows listens on port 6881 (hex 1AE1). */
const APART = `
  set -e
  ip link set lo up
  ip address add 198.51.100.1/32 dev lo
  timeout 50 "$NODE" "$TABSWARM" seed "$FILE" --port 6881 --no-rtc --no-lsd --host 198.51.100.1 &
  trap "kill $!" EXIT
  while kill -0 $! && ! grep -q :1AE1 /proc/net/tcp; do :; done
  timeout 50 "$NODE" "$TABSWARM" download "$MAGNET" --out "$OUT" --port 0 --no-rtc --no-lsd --json
`;

const canBeApart = spawnSync("unshare", ["-rn", "ip", "link", "set", "lo", "up"]).status === 0;
if (!canBeApart)
  console.warn("This machine has no network namespaces: addresses of peers in links are NOT tested.");

test.runIf(canBeApart)(
  "a peer is dialled at its address in the link, unless that is in a private network",
  async ({ folder }) => {
    const path = await randomFile(folder, "film.bin", MIB);
    const first = new RunningCommand("seed", path, "--port", "0"); // Only to get its link.
    const { magnet } = await first.line("seeding");
    await first.stop();
    const out = join(folder, "got");
    const peers = [
      "198.51.100.1:6881",
      "127.0.0.1:6881",
      "[fe80::1]:6881",
      "peer.example:6881",
      "198.51.100.1:22",
    ];
    const named = peers.map((peer) => `&x.pe=${encodeURIComponent(peer)}`).join("");
    const child = spawn("unshare", ["-rn", "sh", "-c", APART], {
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        ...process.env,
        ...{ NODE: process.execPath, TABSWARM, FILE: path, MAGNET: `${magnet}${named}`, OUT: out },
      },
    });
    const output = (await child.stdout.toArray()).join("");
    expect(output).toContain("we do not dial: 127.0.0.1:6881, [fe80::1]:6881.");
    expect(output).toContain("names 1 peer by something other than an IP address");
    expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  },
);
