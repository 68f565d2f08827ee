import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { finished, jsonLines, lineOf, testedTabswarm, testedTracker } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const installed = testedTabswarm();
const tracker = testedTracker(installed);

const QUIET = ["--port", "0", "--no-rtc", "--no-lsd"];
const PEER = [...QUIET, "--json"];
const KEY = /&k=([A-Za-z0-9_-]{43})/;

const FILES = { "a.bin": 700_001, "empty.txt": 0, "sub/b.txt": 5, "sub/c.bin": 300_000 };

interface Seeding {
  readonly name: string;
  readonly infoHash: string;
  readonly magnet: string;
  readonly link: string;
}

/** Makes a folder `Trip`, and shares it for those who have the link. */
async function seedTrip(...flags: readonly string[]) {
  const folder = await newFolder();
  await mkdir(join(folder, "Trip", "sub"), { recursive: true });
  for (const [path, bytes] of Object.entries(FILES))
    await writeFile(join(folder, "Trip", path), randomBytes(bytes));
  return { folder, ...(await seedAgain(folder, ...flags)) };
}

async function seedAgain(folder: string, ...flags: readonly string[]) {
  const args = ["seed", join(folder, "Trip"), "--encrypt", "--tracker", tracker.url, ...PEER, ...flags];
  const child = installed.start(args);
  const said = finished(child);
  const seeding: Seeding = JSON.parse(await lineOf(child, /"seeding"/));
  return { ...seeding, child, said };
}

const download = (source: string, out: string, ...flags: readonly string[]) =>
  installed.run(["download", source, "--out", out, "--tracker", tracker.url, ...PEER, ...flags]);

async function expectTrip(folder: string, out: string, paths = Object.keys(FILES)): Promise<void> {
  for (const path of paths) {
    const [source, copy] = await Promise.all(
      [folder, out].map((parent) => readFile(join(parent, "Trip", path))),
    );
    expect(copy?.equals(source ?? Buffer.of()), path).toBe(true);
  }
}

const lastMessage = (out: string): string => (jsonLines(out).at(-1) as { message: string }).message;

test("the link reads a share, with its names and folders, and nothing else says its key", async () => {
  const { folder, link, magnet, infoHash, name, child, said } = await seedTrip();
  expect(name).toBe("Trip");
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{40}&k=[A-Za-z0-9_-]{43}$/);
  expect(magnet).not.toMatch(/k=|dn=/);
  const [, key = ""] = KEY.exec(link) ?? [];
  const logs = await newFolder();
  const [got, info, one, several] = await Promise.all([
    download(link, join(folder, "got"), "--log-dir", logs, "--log-level", "debug"),
    installed.run(["info", link, "--json"]),
    output(["download", link, "--out", "-", "--select", "a.bin", ...QUIET]),
    output(["download", link, "--out", "-", ...QUIET]),
  ]);
  expect(got.code, got.out).toBe(0);
  await expectTrip(folder, join(folder, "got"));
  expect((await readdir(join(folder, "got", "Trip"))).sort()).toEqual(["a.bin", "empty.txt", "sub"]);
  expect(jsonLines(got.out)).toContainEqual(
    expect.objectContaining({ type: "downloaded", name: "Trip", infoHash }),
  );
  expect(one.bytes.equals(await readFile(join(folder, "Trip", "a.bin"))), one.err).toBe(true);
  expect([several.code, several.bytes.length]).toEqual([1, 0]);
  expect(several.err).toContain("this is 4. Choose one with --select");
  child.kill("SIGINT");
  const seeder = await said;
  const log = await readFile(join(logs, "download.log"), "utf8");
  expect(log).toContain(infoHash);
  const told = seeder.out.replace(`"link":"${link}"`, "");
  const texts = [got.out, got.err, log, told, seeder.err, info.out, info.err, one.err, several.err];
  expect(texts.filter((text) => text.includes(key))).toEqual([]);
  expect(JSON.parse(info.out)).toMatchObject({ encrypted: true });
});

/** Runs a command whose output is a file. */
async function output(args: readonly string[]) {
  const child = installed.start(args);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const { code, err } = await finished(child);
  return { code, err, bytes: Buffer.concat(chunks) };
}

test("without the key, with a wrong one or with half of one, a sentence comes and nothing is saved", async () => {
  const { folder, link, magnet } = await seedTrip();
  const [, key = ""] = KEY.exec(link) ?? [];
  const other = `${key.startsWith("A") ? "B" : "A"}${key.slice(1)}`;
  const cases = [
    [magnet, "This share needs its key"],
    [link.replace(key, other), "not that of the share"],
    [link.slice(0, -1), "is damaged"],
    [`http://127.0.0.1/&k=${key}`, "names no torrent"],
  ] as const;
  const runs = cases.map(async ([source, sentence], at) => {
    const out = join(folder, `got${at}`);
    const failed = await download(source, out);
    expect(failed.code, source).toBe(1);
    expect(lastMessage(failed.out)).toContain(sentence);
    expect(failed.out + failed.err).not.toContain(key.slice(1, -1));
    expect(await readdir(out).catch(() => [])).toEqual([]);
  });
  await Promise.all(runs);
});

test("whoever has no key carries the ciphertext, as a torrent like any other", async () => {
  const { folder, link, magnet, infoHash, child, said } = await seedTrip();
  const carried = join(folder, "carried");
  const got = await download(magnet, carried, "--without-key");
  expect(got.code, got.out).toBe(0);
  const path = join(carried, "encrypted-share-1");
  expect((await stat(path)).size % 65_536).toBe(0);
  child.kill("SIGINT");
  await said;
  const carrier = installed.start(["seed", path, "--tracker", tracker.url, ...PEER]);
  expect(JSON.parse(await lineOf(carrier, /"seeding"/))).toMatchObject({ infoHash });
  const read = await download(link, join(folder, "got"));
  expect(read.code, read.out).toBe(0);
  await expectTrip(folder, join(folder, "got"));
});

test("whoever has read a share goes on with it from plain files, and a later run fetches nothing again", async () => {
  const { folder, link, child, said } = await seedTrip();
  const one = await download(link, join(folder, "got"), "--select", "c.bin");
  expect(one.code, one.out).toBe(0);
  expect(jsonLines(one.out)).toContainEqual({
    type: "selected",
    files: [{ path: "sub/c.bin", bytes: 300_000 }],
  });
  await expectTrip(folder, join(folder, "got"), ["sub/c.bin"]);
  const all = await download(link, join(folder, "got"));
  expect(all.code, all.out).toBe(0);
  expect(fetchedIn(all.out)).toBeLessThan(700_001 + 4 * 65_536);
  await expectTrip(folder, join(folder, "got"));

  const words = ["download", link, "--out", join(folder, "got"), "--seed-after", "--serve", ...PEER];
  const again = installed.start(words);
  const { url } = JSON.parse(await lineOf(again, /"serving".*a\.bin/));
  const played = await fetch(url, { headers: { range: "bytes=65000-200000" } });
  const part = (await readFile(join(folder, "Trip", "a.bin"))).subarray(65_000, 200_001);
  expect(Buffer.from(await played.arrayBuffer()).equals(part)).toBe(true);
  child.kill("SIGINT");
  await said;
  const second = await download(link, join(folder, "second"));
  expect(second.code, second.out).toBe(0);
  await expectTrip(folder, join(folder, "second"));
});

/** Bytes that came from peers. */
function fetchedIn(out: string): number {
  const line = jsonLines(out).find((each) => (each as { type: string }).type === "downloaded");
  const { peers } = line as { peers: readonly { bytes: number }[] };
  return peers.reduce((sum, { bytes }) => sum + bytes, 0);
}

test("--link goes on with a share of the same files, and refuses others", async () => {
  const { folder, link, child, said } = await seedTrip();
  child.kill("SIGINT");
  await said;
  const again = await seedAgain(folder, "--link", link);
  expect(again.link).toBe(link);
  again.child.kill("SIGINT");
  await again.said;
  const fresh = await seedAgain(folder);
  expect(KEY.exec(fresh.link)?.[1]).not.toBe(KEY.exec(link)?.[1]);
  await writeFile(join(folder, "Trip", "sub", "b.txt"), "other");
  const args = ["seed", join(folder, "Trip"), "--link", link, ...PEER];
  const refused = await installed.run(args);
  expect([refused.code, lastMessage(refused.out)]).toEqual([
    1,
    expect.stringContaining("not what that link shares"),
  ]);
});

test("a file that changes is not sent again under the same key, even if its time says nothing", async () => {
  const { folder, link, child } = await seedTrip();
  const path = join(folder, "Trip", "sub", "c.bin");
  const { atime, mtime } = await stat(path);
  await writeFile(path, randomBytes(300_000));
  await utimes(path, atime, mtime);
  const leecher = installed.start([
    "download",
    link,
    "--out",
    join(folder, "got"),
    "--tracker",
    tracker.url,
    ...PEER,
  ]);
  const said = await lineOf(child, /"error"/);
  expect(said).toContain("now has other content, so it is no longer shared");
  leecher.kill("SIGINT");
  await eventually(async () =>
    expect(await readdir(join(folder, "got", "Trip")).catch(() => [])).not.toContain("sub/c.bin"),
  );
});

test("seed --encrypt says what does not go together", async () => {
  const cases = [
    [["--private"], "--private does not go with --encrypt"],
    [["--publish", "--tracker", "http://127.0.0.1:9"], "--publish does not go with --encrypt"],
    [
      ["--link", "magnet:?xt=urn:btih:c9e15763f722f23e98a29decdfae341b98d53056"],
      "--link needs the share link",
    ],
    [["--link", "nothing"], "--link: That names no torrent"],
  ] as const;
  for (const [flags, sentence] of cases) {
    const refused = await installed.run(["seed", ".", "--encrypt", ...flags]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(sentence)]);
  }
});
