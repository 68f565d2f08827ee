import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { finished, jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const installed = testedTabswarm();

const LOCAL = { host: "127.0.0.1", port: 0, rtc: false, lsd: false };

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = installed.start(args);
  return child;
}

async function writeConfig(folder: string, peers: readonly object[]): Promise<string> {
  const path = join(folder, "peers.json");
  await writeFile(path, JSON.stringify({ peers }));
  return path;
}

test("a peer warns of its own tracker in trouble", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "film.bin"), "film");
  const trackers = ["http://127.0.0.1:1024/announce"];
  const config = await writeConfig(folder, [{ id: "desk", ...LOCAL, trackers, seed: ["film.bin"] }]);
  const line = await lineOf(start("start", "--config", config, "--json"), /"warning"/);
  const message = expect.stringContaining("Tracker http://127.0.0.1:1024: nothing listens there; ");
  expect(JSON.parse(line)).toEqual({ type: "warning", peer: "desk", message });
});

test("of three peers one seeds, one downloads from it, and one that cannot start is reported", async () => {
  const tracker = start("tracker", "--host", "127.0.0.1", "--port", "0", "--no-stun", "--json");
  const trackerUrl = JSON.parse(await lineOf(tracker, /listening/)).pageUrl;
  const folder = await newFolder();
  await installed.run(["sample", "--files", "3", "--size", "300K", "--out", join(folder, "Films")]);
  await installed.run([
    "create",
    join(folder, "Films"),
    "--out",
    join(folder, "Films.torrent"),
    "--announce",
    trackerUrl,
  ]);
  const config = await writeConfig(folder, [
    { id: "desk", ...LOCAL, trackers: [trackerUrl], seed: ["Films", "missing"] },
    { id: "wall", ...LOCAL, download: [{ torrent: "Films.torrent", out: "got", select: ["*-000002.bin"] }] },
    { id: "lost", ...LOCAL, host: "192.0.2.1", seed: ["Films"] },
  ]);

  const logs = join(folder, "logs");
  const child = start("start", "--config", config, "--json", "--log-dir", logs);
  const end = finished(child);
  await lineOf(child, /"downloaded"/);
  const before = performance.now();
  child.kill("SIGINT");
  const { code, out, err } = await end;
  expect([code, err]).toEqual([0, ""]);
  expect(performance.now() - before).toBeLessThan(3_000);

  const said = jsonLines(out);
  expect(said).toContainEqual(expect.objectContaining({ type: "seeding", peer: "desk", name: "Films" }));
  expect(said).toContainEqual(
    expect.objectContaining({ type: "error", peer: "desk", message: expect.stringContaining("missing") }),
  );
  expect(said).toContainEqual({
    type: "error",
    peer: "lost",
    message: "This machine does not have the address 192.0.2.1.",
  });
  expect(said).toContainEqual(
    expect.objectContaining({ type: "downloaded", peer: "wall", folder: join(folder, "got") }),
  );
  const [sent, got] = await Promise.all(
    ["Films", "got/Films"].map((at) => readFile(join(folder, at, "sample-000002.bin"))),
  );
  expect(got?.equals(sent ?? Buffer.of())).toBe(true);

  const log = await readFile(join(logs, "wall.log"), "utf8");
  const entries = jsonLines(log) as { readonly msg: string; readonly peer: string }[];
  expect(new Set(entries.map(({ peer }) => peer))).toEqual(new Set(["wall"]));
  const words = entries.map(({ msg }) => msg);
  expect(words[0]).toBe("peer started");
  expect(words.at(-1)).toBe("peer stopped");
  expect(words).toEqual(
    expect.arrayContaining(["torrent added", "tracker answered", "torrent changed phase"]),
  );
  expect(entries).toContainEqual(expect.objectContaining({ msg: "torrent changed phase", phase: "seeding" }));
  expect(await readFile(join(logs, "lost.log"), "utf8")).toContain("does not have the address");
});

const HASH = "0123456789abcdef0123456789abcdef01234567";

test("a peer refuses a torrent that is named twice", async () => {
  const folder = await newFolder();
  const twice = [HASH, { torrent: HASH, out: "elsewhere" }];
  const config = await writeConfig(folder, [{ id: "desk", ...LOCAL, download: twice }]);
  expect(JSON.parse(await lineOf(start("start", "--config", config, "--json"), /"error"/))).toEqual({
    type: "error",
    peer: "desk",
    message: `${HASH} is named twice. Remove one of the two from "seed" or "download".`,
  });
});

test("two peers do not write the same files", async () => {
  const folder = await newFolder();
  const config = await writeConfig(folder, [
    { id: "desk", ...LOCAL, download: [HASH] },
    { id: "wall", ...LOCAL, download: [{ torrent: HASH, out: "." }] },
  ]);
  expect(JSON.parse(await lineOf(start("start", "--config", config, "--json"), /"error"/))).toEqual({
    type: "error",
    peer: expect.stringMatching(/^(desk|wall)$/),
    message: `A peer already downloads ${HASH} into ${folder}. Choose another "out".`,
  });
});

test("text for people begins with the peer's id", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "film.bin"), "film");
  const config = await writeConfig(folder, [{ id: "desk", ...LOCAL, seed: ["film.bin"] }]);
  const child = start("start", "--config", config);
  const end = finished(child);
  await lineOf(child, /^desk: sharing film\.bin: magnet:/);
  child.kill("SIGTERM");
  const { code, out } = await end;
  expect(code).toBe(0);
  expect(out).toMatch(/^desk: TCP port \d+$/m);
});

test("it fails when no peer can run", async () => {
  const folder = await newFolder();
  const config = await writeConfig(folder, [{ id: "desk", ...LOCAL, seed: ["missing"] }]);
  const { code, out, err } = await installed.run(["start", "--config", config]);
  expect(code).toBe(1);
  expect(out).toContain(`desk: ${join(folder, "missing")} is not there.`);
  expect(err).toContain("tabswarm: No peer can run.");
  expect((await installed.run(["start"])).code).toBe(2);
  const nothing = await installed.run(["start", "--config", join(folder, "no.json")]);
  expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining("no.json is not there")]);
});
