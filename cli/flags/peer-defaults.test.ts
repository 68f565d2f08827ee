import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { addLimitFlags } from "./limit-flags.ts";
import { takeDefaults } from "./peer-defaults.ts";
import { addPeerFlags } from "./peer-flags.ts";

const newFolder = temporaryFolders();
let folder = "";

beforeEach(async () => {
  folder = await newFolder();
  vi.stubEnv("XDG_CONFIG_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Runs a command of two and returns its flags, or the sentence with which it refused. */
async function flagsOf(...words: readonly string[]): Promise<Record<string, unknown>> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  let flags: Record<string, unknown> = {};
  const command = (name: "seed" | "download"): Command =>
    addPeerFlags(addLimitFlags(new Command(name), name))
      .option("--out <folder>", "", ".")
      .option("--json", "", false)
      .copyInheritedSettings(program)
      .action((read) => {
        flags = read;
      });
  const commands = [command("seed"), command("download")];
  takeDefaults(program, commands);
  for (const each of commands) program.addCommand(each);
  await program.parseAsync(["node", "tabswarm", ...words]).catch(({ message, exitCode }) => {
    flags = { message, exitCode };
  });
  return flags;
}

async function writeDefaults(
  content: unknown,
  path = join(folder, "tabswarm", "defaults.json"),
): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify(content));
  return path;
}

test("a flag comes before the environment, and the environment before the file", async () => {
  await writeDefaults({ port: 7000, rateUp: "1M", rateDown: "3M", rtc: false, lsd: false });
  vi.stubEnv("TABSWARM_PEER_RATE_UP", "2M");
  vi.stubEnv("TABSWARM_PEER_RTC", "yes");
  expect(await flagsOf("seed", "--port", "7001")).toMatchObject({
    port: 7001,
    rateUp: 2_000_000,
    rateDown: 3_000_000,
    rtc: true,
    lsd: false,
    tcp: true,
  });
});

test("a list in the file, and words in the environment, are as if the flag had been repeated", async () => {
  const urls = ["http://127.0.0.1:1/announce", "http://127.0.0.1:2/announce"];
  await writeDefaults({ tracker: urls, dhtBootstrap: "127.0.0.1:3" });
  expect(await flagsOf("download")).toMatchObject({ tracker: urls, dhtBootstrap: [{ port: 3 }] });
  vi.stubEnv("TABSWARM_PEER_TRACKER", urls.join("  "));
  expect((await flagsOf("download"))["tracker"]).toEqual(urls);
  expect((await flagsOf("download", "--tracker", urls[0] ?? ""))["tracker"]).toEqual([urls[0]]);
});

test("one file serves all commands: each takes what it has, and paths are relative to the file", async () => {
  const file = await writeDefaults({ inOrder: true, out: "got" }, join(folder, "mine.json"));
  vi.stubEnv("TABSWARM_PEER_CONFIG", file);
  expect(await flagsOf("download")).toMatchObject({ inOrder: true, out: join(folder, "got") });
  expect(await flagsOf("seed")).not.toHaveProperty("inOrder");
  expect(await flagsOf("seed", "--config", join(folder, "none.json"))).toMatchObject({ exitCode: 1 });
});

test.each([
  [{ prot: 1 }, "`prot`: there is no such setting. The nearest is `port`."],
  [{ port: "high" }, "`port`: "],
  [{ rtc: "no" }, "`rtc`: It must be true or false."],
  [{ encryption: "always" }, "`encryption`: "],
  [{ json: true }, "`json`: there is no such setting."],
  [[1], "the settings must be an object"],
])("%j is refused, with its place", async (content, sentence) => {
  await writeDefaults(content);
  const { message, exitCode } = await flagsOf("seed");
  expect(exitCode).toBe(1); // The command line makes 2 of it.
  expect(message).toContain(join(folder, "tabswarm", "defaults.json"));
  expect(message).toContain(sentence);
});

test("a wrong variable is named, and one that is no setting is told and ignored", async () => {
  const told = vi.spyOn(console, "error").mockReturnValue();
  vi.stubEnv("TABSWARM_PEER_PROT", "1");
  vi.stubEnv("TABSWARM_PORT", "8000"); // A tracker's.
  expect(await flagsOf("seed")).not.toHaveProperty("port");
  expect(told.mock.calls).toEqual([[expect.stringContaining("The nearest is TABSWARM_PEER_PORT.")]]);
  vi.stubEnv("TABSWARM_PEER_PORT", "high");
  expect((await flagsOf("seed"))["message"]).toContain("TABSWARM_PEER_PORT: ");
});

test("defaults that leave no way to reach anybody are refused like the flags", async () => {
  await writeDefaults({ rtc: false });
  expect((await flagsOf("seed", "--no-tcp"))["message"]).toContain("no peer can be reached");
});
