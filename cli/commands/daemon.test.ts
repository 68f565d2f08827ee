import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { jsonLines, lineOf, testedTabswarm, testedTracker } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const tabswarm = testedTabswarm();
const tracker = testedTracker(tabswarm);

const PEER = ["--host", "127.0.0.1", "--port", "0", "--no-rtc", "--no-lsd"];

/** A folder for a daemon: what commands say that talk to it, and a way to start it. */
async function daemonFolder() {
  const folder = await newFolder();
  const state = ["--state", join(folder, "state")];
  const start = async (...flags: readonly string[]) => {
    const out = ["--out", join(folder, "out")];
    const child = tabswarm.start(["daemon", ...state, ...out, "--api", "127.0.0.1:0", ...PEER, ...flags]);
    await lineOf(child, /^(API|\{"type":"listening")/m);
    return child;
  };
  /** Runs a command that must do what it should. */
  const said = async (command: string, ...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await tabswarm.run([command, ...args, ...state]);
    expect(code, out + err).toBe(0);
    return out;
  };
  const refused = async (command: string, ...args: readonly string[]) => {
    const { code, err } = await tabswarm.run([command, ...args, ...state]);
    return { code, err };
  };
  return { folder, start, said, refused };
}

test("a person adds, lists, limits, pauses, resumes and removes; a killed daemon has all of it again", async () => {
  const { folder, start, said, refused } = await daemonFolder();
  const own = join(folder, "A holiday film with quite a long name.bin");
  await writeFile(own, randomBytes(300_000));
  expect((await refused("list")).err).toMatch(/No daemon runs with the state folder .*tabswarm daemon/);

  const daemon = await start("--tracker", tracker.url);
  expect(await said("list")).toBe("No torrents. To add one: tabswarm add\n");
  expect(await said("add", own, "--stop-ratio", "9", "--name", "Film")).toMatch(
    /^Added Film \([0-9a-f]{40}\)$/m,
  );
  expect(await said("add", "1".repeat(40))).toContain("Added");
  expect(await said("add", "1".repeat(40))).toContain("was there already");
  expect((await refused("add", "1".repeat(40), "--encrypt")).err).toContain(
    "Only files and folders of your own",
  );
  await said("add", own, "--encrypt", "--name", "Secret");
  expect(await said("status", "Secret")).toMatch(/^\s*share link\s+\S+&k=[\w-]{43}$/m);
  expect(await said("remove", "Secret")).toContain("Secret");
  expect(await said("limits", "--rate-up", "2M", "--max-peers", "20")).toBe(
    "All torrents together: 2.0 MB/s up, 20 peers\n",
  );
  expect(await said("limits", "Film", "--rate-down", "1M", "--stop-ratio", "none")).toBe(
    "Film: 1.0 MB/s down\n",
  );
  expect(await said("pause", "1111")).toMatch(/^1{40}: paused$/m);
  const [film] = jsonLines(await said("list", "--json")) as [{ magnetLink: string }];
  const got = await tabswarm.run(["download", film.magnetLink, "--out", join(folder, "copy"), ...PEER]);
  expect(got.code, got.out + got.err).toBe(0);
  expect(await readFile(join(folder, "copy/Film"))).toEqual(await readFile(own));

  daemon.kill("SIGKILL");
  await once(daemon, "close");
  expect((await refused("list")).err).toContain("does not answer");
  const again = await start("--tracker", tracker.url);
  await eventually(async () => expect(await said("list")).toMatch(/Film +seeding +100 %/));
  expect(await said("list")).toMatch(/11111111 .* paused /);
  for (const text of [await said("list"), await said("status"), await said("status", "Film")])
    for (const line of text.split("\n"))
      if (!/magnet|link/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
  expect(await said("status", "Film")).toContain("limits      1.0 MB/s down");
  expect(await said("limits")).toContain("2.0 MB/s up, 20 peers");
  expect(await said("resume", "--all")).toMatch(/^1{40}: metadata$/m);
  expect(await said("remove", "Film", "1111")).toContain("Your own files are where they were.");
  again.kill("SIGTERM");
  expect((await once(again, "close"))[0]).toBe(0);
}, 120_000);

test("flags come before the environment, and that before the config, which also names what to share", async () => {
  const { folder, start, said } = await daemonFolder();
  await writeFile(join(folder, "one.bin"), randomBytes(50_000));
  await mkdir(join(folder, "in"));
  const config = join(folder, "daemon.json");
  const seed = [{ path: "one.bin", stopRatio: 4 }];
  await writeFile(config, JSON.stringify({ rateUp: "30K", watch: "in", seed, download: ["1".repeat(40)] }));
  await start("--config", config, "--rate-down", "40K");
  await eventually(async () => expect(jsonLines(await said("list", "--json"))).toHaveLength(2));
  expect(jsonLines(await said("limits", "--json"))).toEqual([
    { type: "limits", rateUp: 30_000, rateDown: 40_000 },
  ]);
  expect(await said("limits", "one.bin")).toBe("one.bin: until ratio 4\n");
  await writeFile(join(folder, "in/more.magnet"), `magnet:?xt=urn:btih:${"2".repeat(40)}`);
  await eventually(async () => expect(jsonLines(await said("list", "--json"))).toHaveLength(3));
});

test.each([
  [["daemon", "--api", "localhost"], /--api.*127\.0\.0\.1:6880/],
  [["limits", "--stop-ratio", "0"], /--stop-ratio/],
  [["remove"], /missing required argument/],
])("%j is wrong usage", async (args, message) => {
  const { code, err } = await tabswarm.run(args);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test("an unknown key of the config is named, with the nearest one", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "daemon.json"), JSON.stringify({ wach: "in" }));
  const { code, err } = await tabswarm.run(["daemon", "--config", join(folder, "daemon.json")]);
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/`wach`: there is no such setting\. The nearest is `watch`/),
  ]);
});
