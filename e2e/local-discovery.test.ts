import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { findAria2, leechWithAria2, NO_ARIA2 } from "./aria2.ts";
import { RunningCommand, TABSWARM } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { isMissing } from "./missing.ts";

const newFolder = temporaryFolders();
const running: RunningCommand[] = [];
afterEach(() => {
  for (const command of running.splice(0)) command.kill();
});

/** Runs a peer as a person does, without any tracker. */
function run(...words: readonly string[]): RunningCommand {
  const kinds = words.includes("--no-tcp") ? [] : ["--no-rtc"];
  const command = new RunningCommand(...words, "--port", "0", ...kinds);
  running.push(command);
  return command;
}

const ON_LOOPBACK = ["--lsd-interface", "127.0.0.1"];

test("without any tracker `tabswarm download` finds `tabswarm seed` on its network", async () => {
  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", 3 * MIB);
  const seeder = run("seed", path, ...ON_LOOPBACK);
  expect(await seeder.line("warning")).toMatchObject({
    message: expect.stringMatching(/local discovery only/),
  });
  const { magnet, link } = await seeder.line("seeding");
  expect(link).toBeUndefined();

  const out = join(folder, "got");
  const downloader = run("download", String(magnet), "--out", out, ...ON_LOOPBACK);
  const { peers } = await downloader.line("downloaded");
  expect(peers).toMatchObject([{ kind: "tcp", bytes: 3 * MIB }]);
  expect(await downloader.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});

test("a seeder finds a downloader that was there first", async () => {
  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", MIB);
  const first = run("seed", path, "--no-lsd"); // Only to get its link.
  const { magnet } = await first.line("seeding");
  await first.stop();
  const out = join(folder, "got");
  const downloader = run("download", String(magnet), "--out", out, ...ON_LOOPBACK);
  await downloader.line("status");
  run("seed", path, ...ON_LOOPBACK);
  await downloader.line("downloaded");
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test.each([
  [["--no-lsd"], /local discovery is off/],
  [["--no-tcp", ...ON_LOOPBACK], /without TCP/],
  [["--private", ...ON_LOOPBACK], /private/],
])("a seeder that nobody can find says what to do (%j)", async (flags, sentence) => {
  const path = await randomFile(await newFolder(), "film.bin", 1_000);
  const { message } = await run("seed", path, ...flags).line("warning");
  expect(message).toMatch(sentence);
  expect(message).toMatch(/--tracker/);
});

/** A separate machine with one network besides loopback, on which a seeder and then a downloader run. */
const APART = `
  set -e
  ip link set lo up
  ip link add near type veth peer name far
  ip link set far up
  ip link set near up
  until ip link show near | grep -q LOWER_UP; do :; done
  ip address add "$ADDRESS" dev near $FLAGS
  timeout 50 "$NODE" "$TABSWARM" seed "$FILE" --port 0 --no-rtc &
  trap "kill $!" EXIT
  timeout 50 "$NODE" "$TABSWARM" download "$MAGNET" --out "$OUT" --port 0 --no-rtc
`;

const canBeApart = spawnSync("unshare", ["-rn", "ip", "link", "add", "type", "veth"]).status === 0;
if (!canBeApart)
  console.warn("This machine has no network namespaces: local discovery in real networks is NOT tested.");

test.runIf(canBeApart).each([
  ["10.9.9.1/24", ""],
  ["fd09::1/64", "nodad"],
])("without a named interface, discovery uses all networks of the machine (%s)", async (address, flags) => {
  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", MIB);
  const first = run("seed", path, "--no-lsd"); // Only to get its link.
  const { magnet } = await first.line("seeding");
  await first.stop();
  const out = join(folder, "got");
  const child = spawn("unshare", ["-rn", "sh", "-c", APART], {
    stdio: "ignore",
    env: {
      ...process.env,
      ...{ NODE: process.execPath, TABSWARM, FILE: path, MAGNET: String(magnet), OUT: out },
      ...{ ADDRESS: address, FLAGS: flags },
    },
  });
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test.skipIf(isMissing(findAria2(), NO_ARIA2))(
  "aria2 finds `tabswarm seed` on its network, with a magnet link without trackers",
  async () => {
    const folder = await newFolder();
    const path = await randomFile(folder, "film.bin", MIB);
    const { magnet } = await run("seed", path, ...ON_LOOPBACK).line("seeding");
    const out = join(folder, "got");
    const flags = ["--bt-enable-lpd=true", "--bt-lpd-interface=127.0.0.1"];
    const aria2 = await leechWithAria2(String(magnet), out, ...flags);
    expect(await once(aria2, "exit")).toEqual([0, null]);
    expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  },
);
