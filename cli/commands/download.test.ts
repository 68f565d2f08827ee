import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { finished, jsonLines, lineOf, testedTabswarm, testedTracker } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const installed = testedTabswarm();
const tracker = testedTracker(installed);

const QUIET = ["--port", "0", "--no-rtc", "--no-lsd"];
const PEER = [...QUIET, "--json"];

/** Seeds a folder of small files that share their pieces. */
async function seedFolder(name = "Films"): Promise<{
  readonly folder: string;
  readonly magnet: string;
  readonly torrent: string;
}> {
  const folder = await newFolder();
  const films = join(folder, name);
  await installed.run(["sample", "--files", "4", "--size", "100K", "--out", films]);
  const torrent = join(folder, `${name}.torrent`);
  await installed.run(["create", films, "--out", torrent, "--announce", tracker.url]);
  const seeder = installed.start(["seed", films, "--tracker", tracker.url, ...PEER]);
  const { magnet } = JSON.parse(await lineOf(seeder, /"seeding"/));
  return { folder, magnet, torrent };
}

test("--select fetches some files of a magnet link, and later others", async () => {
  const { folder, magnet, torrent } = await seedFolder();
  const [first = "", second = "", ...rest] = (await readdir(join(folder, "Films"))).sort();
  const out = join(folder, "got");
  const one = await installed.run(["download", magnet, "--out", out, "--select", first, ...PEER]);
  expect(one.code, one.err).toBe(0);
  expect(jsonLines(one.out)).toContainEqual({ type: "selected", files: [{ path: first, bytes: 100_000 }] });
  expect(await readdir(join(out, "Films"))).toEqual([first]);
  await expectSame(folder, first);

  // With a .torrent the selection is known before any peer is asked.
  const text = await installed.run(["download", torrent, "--out", out, "--select", second, ...QUIET]);
  expect(text.code, text.err).toBe(0);
  expect(text.out).toContain(`Selected 1 of 4 files, 100.0 kB:\n  ${second} (100.0 kB)\n`);
  expect(text.out).toContain(`1 file of Films is in ${out} (100.0 kB).`);
  expect((await readdir(join(out, "Films"))).sort()).toEqual([first, second]);

  const all = await installed.run(["download", torrent, "--out", out, ...PEER]);
  expect(all.code, all.err).toBe(0);
  for (const name of [first, second, ...rest]) await expectSame(folder, name);
});

async function expectSame(folder: string, name: string): Promise<void> {
  const [source, copy] = await Promise.all(
    ["Films", "got/Films"].map((parent) => readFile(join(folder, parent, name))),
  );
  expect(copy?.equals(source ?? Buffer.of())).toBe(true);
}

test("- takes a .torrent or links from standard input, and several torrents are downloaded at once", async () => {
  const [one, other] = [await seedFolder(), await seedFolder("Music")];
  const download = async (piped: Uint8Array, ...sources: readonly string[]) => {
    const child = installed.start(["download", ...sources, "--out", join(one.folder, "got"), ...PEER]);
    const whole = finished(child);
    child.stdin.end(piped);
    return whole;
  };
  const byFile = await download(await readFile(one.torrent), "-");
  expect(byFile.code, byFile.err).toBe(0);
  for (const name of await readdir(join(one.folder, "Films"))) await expectSame(one.folder, name);

  const links = new TextEncoder().encode(`Here they are:\n${one.magnet}\n${one.magnet}`);
  const both = await download(links, "-", other.magnet);
  expect(both.code, both.out).toBe(0);
  const done = jsonLines(both.out).filter((line) => (line as { type: string }).type === "downloaded");
  expect(done).toHaveLength(2);

  const nothing = await download(new TextEncoder().encode("no link"), "-");
  expect(nothing.code).toBe(1);
  expect(jsonLines(nothing.out).at(-1)).toMatchObject({
    type: "error",
    message: expect.stringContaining("Standard input holds neither a .torrent nor a link."),
  });
});

test.each(["magnet", "torrent"] as const)(
  "a glob that matches nothing in a %s is a failure that lists names",
  async (kind) => {
    const { folder, [kind]: source } = await seedFolder();
    const out = join(folder, "got");
    const { code, out: said } = await installed.run([
      "download",
      source,
      "--out",
      out,
      "--select",
      "*.mkv",
      ...PEER,
    ]);
    expect(code).toBe(1);
    const message = expect.stringMatching(/^No file in the torrent matches \*\.mkv\. It has: \S+, /);
    expect(jsonLines(said).at(-1)).toEqual({ type: "error", message });
  },
);

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s stops a download, which says how to resume",
  async (signal) => {
    const folder = await newFolder();
    const nobody = "0123456789abcdef0123456789abcdef01234567";
    const child = installed.start(["download", nobody, "--tracker", tracker.url, "--out", folder, ...PEER]);
    const end = finished(child);
    await lineOf(child, /"metadata"/);
    const before = performance.now();
    child.kill(signal);
    const { code, out } = await end;
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(code).toBe(1);
    const message = "Stopped. Run the same command again to resume.";
    expect(jsonLines(out).at(-1)).toEqual({ type: "error", message });
  },
);

test.each(["SIGINT", "SIGHUP"] as const)("%s stops a seeder within 3 s", async (signal) => {
  const path = join(await newFolder(), "film.bin");
  await writeFile(path, "film");
  const child = installed.start(["seed", path, "--tracker", tracker.url, ...PEER]);
  const end = finished(child);
  await lineOf(child, /"status"/);
  const before = performance.now();
  child.kill(signal);
  expect((await end).code).toBe(0);
  expect(performance.now() - before).toBeLessThan(3_000);
});

test("--out - writes one file to standard output and nothing else, and asks which if there are several", async () => {
  const { folder, magnet, torrent } = await seedFolder();
  const [first = ""] = (await readdir(join(folder, "Films"))).sort();
  const temporary = await newFolder();
  const child = installed.start(["download", magnet, "--out", "-", "--select", first, ...QUIET], {
    env: { ...process.env, TMPDIR: temporary },
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const { code, err } = await finished(child);
  expect(code, err).toBe(0);
  expect(Buffer.concat(chunks).equals(await readFile(join(folder, "Films", first)))).toBe(true);
  expect(await readdir(temporary)).toEqual([]);

  const several = await installed.run(["download", torrent, "--out", "-", ...QUIET]);
  expect([several.code, several.out]).toEqual([1, ""]);
  expect(several.err).toContain("this is 4. Choose one with --select, or name a folder with --out.");
  const twoKinds = await installed.run(["download", torrent, "--out", "-", "--json", ...QUIET]);
  expect([twoKinds.code, jsonLines(twoKinds.out)]).toMatchObject([1, [{ type: "error" }]]);
});
