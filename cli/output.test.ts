import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { finished, lineOf, testedTabswarm } from "./command.test-support.ts";

const newFolder = temporaryFolders();
const HASH = "0123456789abcdef0123456789abcdef01234567";
const LOCAL = ["--host", "127.0.0.1", "--port", "0", "--no-rtc", "--no-lsd"];
const installed = testedTabswarm();

/** How a command ends when its reader is gone before its first output. */
async function unread(stream: "stdout" | "stderr", ...args: readonly string[]): Promise<[unknown, string]> {
  const child = installed.start(args);
  let said = "";
  (stream === "stdout" ? child.stderr : child.stdout).on("data", (data) => (said += data));
  child[stream].destroy();
  const [code] = await once(child, "close");
  return [code, said];
}

describe("when nobody reads the output any more, as with `| head -1`, it ends like other programs:", () => {
  test("a command that does one thing", async () => {
    expect(await unread("stdout", "info", HASH)).toEqual([141, ""]);
    expect(await unread("stdout", "info", HASH, "--json")).toEqual([141, ""]);
    expect(await unread("stderr", "info", "missing.torrent")).toEqual([141, ""]);
  });

  test("a seeder, which says goodbye", async () => {
    const path = join(await newFolder(), "film.bin");
    await writeFile(path, "film");
    const [code, log] = await unread("stdout", "seed", path, ...LOCAL, "--log-level", "info");
    expect(code).toBe(141);
    expect(log).toContain('"msg":"peer stopped"');
    expect(log).not.toMatch(/EPIPE| {4}at /);
  });

  test("the tracker, when nobody reads its log", async () => {
    const child = installed.start(["tracker", "--host", "127.0.0.1", "--port", "0", "--json"]);
    const end = once(child, "close");
    await lineOf(child, /listening/);
    child.stderr.destroy();
    child.kill(); // It logs its end.
    expect(await end).toEqual([141, null]);
  });
});

const hasTerminal = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;

test.skipIf(!hasTerminal)("a seeder whose terminal is closed says goodbye and ends by SIGHUP", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "film.bin"), "film");
  const seed = [process.execPath, installed.script, "seed", "film.bin", ...LOCAL, "--log-dir", "."].join(" ");
  // The shell outlives its terminal to say how the seeder ended.
  const shell = `trap "" HUP; ${seed}; echo $? > code`;
  const terminal = spawn("script", ["-qec", `sh -c '${shell}'`, "/dev/null"], { cwd: folder });
  await lineOf(terminal, /Press Ctrl-C/);
  terminal.kill("SIGKILL");
  const code = () => readFile(join(folder, "code"), "utf8").catch(() => undefined);
  await expect.poll(code).toBe("129\n");
  expect(await readFile(join(folder, "seed.log"), "utf8")).toContain('"msg":"peer stopped"');
});

/** Runs a command with one of its streams going to a full disk. */
async function onFullDisk(stream: "stdout" | "stderr", ...args: readonly string[]) {
  const full = await open("/dev/full", "w");
  const [out, err] = stream === "stdout" ? [full.fd, "pipe" as const] : ["pipe" as const, full.fd];
  const child = spawn(process.execPath, [installed.script, ...args], { stdio: ["ignore", out, err] });
  let said = "";
  (child as Partial<ChildProcessWithoutNullStreams>)[stream === "stdout" ? "stderr" : "stdout"]?.on(
    "data",
    (data) => (said += data),
  );
  const [code] = await once(child, "close");
  await full.close();
  return { code, said };
}

describe.skipIf(!existsSync("/dev/full"))("when the disk is full", () => {
  test.each([["info", HASH], ["info", HASH, "--json"], ["--help"]])(
    "%s %s %s ends with 1 and a sentence",
    async (...args) => {
      expect(await onFullDisk("stdout", ...args)).toEqual({
        code: 1,
        said: expect.stringMatching(/^tabswarm: The output cannot be written \(ENOSPC.*\)\. Make room.*\n$/),
      });
    },
  );

  test("a command that cannot write warnings or progress also ends with 1", async () => {
    const out = join(await newFolder(), "Samples");
    const sample = ["sample", "--files", "1", "--size", "1K", "--out", out];
    expect((await onFullDisk("stderr", ...sample)).code).toBe(1);
  });

  test("a log that cannot be written ends nothing", async () => {
    const { code, said } = await onFullDisk("stderr", "info", HASH, "--log-level", "info");
    expect([code, said]).toEqual([0, expect.stringContaining(HASH)]);
  });
});

test("a pipe in place of the log file is refused by name, without waiting for a reader", async () => {
  const folder = await newFolder();
  const path = join(folder, "info.log");
  execFileSync("mkfifo", [path]);
  const { code, err } = await installed.run(["info", HASH, "--log-dir", folder]);
  expect([code, err]).toEqual([1, expect.stringContaining(`(${path} is not a file)`)]);
});

test("a log file that fills its disk gives one warning, and the command goes on", async () => {
  const folder = await newFolder();
  const path = join(folder, "film.bin");
  await writeFile(path, "film");
  const child = spawn("sh", [
    "-c",
    'ulimit -f 0; exec "$@"', // Like a full disk: no file may grow.
    "sh",
    ...[process.execPath, installed.script, "info", HASH, "--log-dir", folder],
  ]);
  const { code, out, err } = await finished(child);
  expect([code, out]).toEqual([0, expect.stringContaining(HASH)]);
  expect(err).toMatch(/^tabswarm: The log cannot be written \(EFBIG.*\); it has gaps from now on\.\n$/);
  expect(await readFile(join(folder, "info.log"), "utf8")).toBe("");
});

test.skipIf(!existsSync("/proc/self"))(
  "where no folder can be created, each command ends and says so",
  async () => {
    const nowhere = "/proc/tabswarm";
    const cwd = await newFolder();
    await writeFile(join(cwd, "film.bin"), "film");
    await installed.run(["create", "film.bin"], { cwd });
    const seeding = { id: "desk", host: "127.0.0.1", port: 0, lsd: false, seed: ["film.bin"] };
    await writeFile(join(cwd, "peers.json"), JSON.stringify({ peers: [seeding] }));
    const commands = [
      ["tracker", "--port", "0", "--data", nowhere],
      ["tracker", "--port", "0", "--https", "--data", nowhere],
      ["tracker", "--port", "0", "--log-dir", nowhere],
      ["sample", "--files", "1", "--size", "1K", "--out", nowhere],
      ["create", "film.bin", "--each", "--out", nowhere],
      ["download", "film.bin.torrent", "--out", nowhere, ...LOCAL],
      ["start", "--config", "peers.json", "--log-dir", nowhere],
    ];
    for (const args of commands) {
      const { code, err } = await installed.run(args, { cwd });
      expect([code, err], args.join(" ")).toEqual([1, expect.stringMatching(/can(not)? be created/)]);
    }
  },
  60_000,
);

test("a key in an announce URL is shown by no command, and what carries it says so", async () => {
  const cwd = await newFolder();
  await writeFile(join(cwd, "film.bin"), "film");
  const key = "k".repeat(32);
  const announce = `http://127.0.0.1:1/announce/${key}`;
  const run = async (...args: readonly string[]) => {
    const { out, err } = await installed.run([...args, "--log-level", "trace"], { cwd });
    expect(out + err, args.join(" ")).not.toContain(key);
    return out + err;
  };
  expect(await run("create", "film.bin", "--announce", announce)).toContain("carries the key");
  for (const as of [[], ["--json"]]) {
    expect(await run("info", "film.bin.torrent", ...as)).toContain("carry a key");
    await run("info", `magnet:?xt=urn:btih:${HASH}&tr=${encodeURIComponent(announce)}`, ...as);
    expect(await run("peers", "film.bin.torrent", "--no-rtc", ...as)).toContain(
      "No tracker says who is there",
    );
  }
});
