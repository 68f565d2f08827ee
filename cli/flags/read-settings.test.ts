import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { readSettings } from "./read-settings.ts";
import { addSettingFlags } from "./settings.ts";
import { MAX_SETTINGS_FILE_BYTES } from "./settings-file.ts";
import { TRACKER_SETTINGS, type TrackerSettings } from "./tracker-settings.ts";

const newFolder = temporaryFolders();

/** The settings that these flags and variables give. */
async function read(flags: readonly string[], environment: Record<string, string> = {}) {
  const command = addSettingFlags(new Command().exitOverride(), TRACKER_SETTINGS);
  command.parse(flags, { from: "user" });
  return readSettings(TRACKER_SETTINGS, command, environment);
}

/** A file with this content. */
async function fileOf(content: unknown): Promise<string> {
  const path = join(await newFolder(), "tracker.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("without anything, each setting has its default", async () => {
  const { values, warnings } = await read([], { PATH: "/bin" });
  const expected: TrackerSettings = {
    ...values,
    ...{ host: "0.0.0.0", port: 8_000, publicUrl: undefined, iceServer: [], trustedProxy: undefined },
    ...{ stun: true, data: undefined, logLevel: "info", logDir: undefined, json: false },
  };
  expect(values).toEqual(expected);
  expect(warnings).toEqual([]);
});

test("a flag comes before the environment, and that before the file", async () => {
  const config = await fileOf({ port: 1, host: "file", logLevel: "warn" });
  const { values } = await read(["--port", "3"], {
    ...{ TABSWARM_CONFIG: config, TABSWARM_PORT: "2", TABSWARM_HOST: "environment" },
  });
  expect(values).toMatchObject({ port: 3, host: "environment", logLevel: "warn" });
});

test("switches and lists can be set in all three places", async () => {
  const one = { urls: "stun:one" };
  const two = { urls: "turn:two", username: "me", credential: "p" };
  const inFile = await fileOf({ stun: false, json: true, iceServer: ["stun:one", "turn:me:p@two"] });
  const wanted = { stun: false, json: true, iceServer: [one, two] };
  const flags = ["--no-stun", "--json", "--ice-server", "stun:one", "--ice-server", "turn:me:p@two"];
  const variables = {
    ...{ TABSWARM_STUN: "no", TABSWARM_JSON: "1", TABSWARM_ICE_SERVER: " stun:one  turn:me:p@two " },
  };
  expect((await read(flags)).values).toMatchObject(wanted);
  expect((await read([], variables)).values).toMatchObject(wanted);
  expect((await read(["--config", inFile])).values).toMatchObject(wanted);
  expect((await read(["--config", await fileOf({ iceServer: "stun:one" })])).values.iceServer).toEqual([one]);
});

test.each([
  ["true", "Yes", "on", "1", " TRUE "],
  ["false", "No", "off", "0", "OFF"],
])("in the environment %s may be written in other ways", async (word, ...others) => {
  for (const text of [word, ...others])
    expect((await read([], { TABSWARM_ACCOUNTS: text })).values.accounts, text).toBe(word === "true");
});

test("paths in a file are relative to its folder; an empty variable counts as absent", async () => {
  const config = await fileOf({ data: "here", logDir: "/there" });
  const { values } = await read(["--config", config], { TABSWARM_DATA: " " });
  expect(values).toMatchObject({ data: join(config, "..", "here"), logDir: "/there" });
});

test("a file with a secret that every user of the machine can read is a warning", async () => {
  const config = await fileOf({ metricsToken: "0123456789abcdef" });
  await chmod(config, 0o640);
  expect(await read(["--config", config])).toMatchObject({
    values: { metricsToken: "0123456789abcdef" },
    warnings: [],
  });
  await chmod(config, 0o644);
  expect((await read(["--config", config])).warnings).toEqual([
    `Every user of this machine can read ${config}, and with it \`metricsToken\`. Run: chmod o-r ${config}`,
  ]);
});

describe("whatever is wrong is named with its place", () => {
  test.each([
    [{ port: 70_000 }, "`port`: A port is a whole number from 0 to 65535."],
    [{ port: null }, '`port`: It must be a text, in " ".'],
    [{ host: ["a"] }, '`host`: It must be a text, in " ".'],
    [{ host: "" }, "`host`: It must not be empty."],
    [{ host: "a\0b" }, '`host`: It must be a text, in " ".'],
    [{ iceServer: [{}] }, "`iceServer`: It must be a list of texts, in [ ]."],
    [{ stun: "false" }, "`stun`: It must be true or false."],
    [{ logLevel: "loud" }, "`logLevel`: It must be one of trace, debug"],
    [{ prot: 8_000 }, "`prot`: there is no such setting. The nearest is `port`."],
    [{ publicURL: "" }, "The nearest is `publicUrl`."],
    [{ config: "other.json" }, "`config`: there is no such setting."],
    ['{"__proto__": 1}', "`__proto__`: there is no such setting."],
    [{ ["x".repeat(100_000)]: 1 }, "xxx`: there is no such setting."],
    [[], ": the settings must be an object, in { }."],
    ['{"port": 1,\n}', ": This is not JSON: look at line 2, column 1."],
    [" ".repeat(MAX_SETTINGS_FILE_BYTES + 1), "is larger than a file of settings can be."],
  ])("in a file: %.60j", async (content, sentence) => {
    const config = await fileOf(content);
    const problem = read(["--config", config]);
    await expect(problem).rejects.toThrow(sentence);
    await expect(problem).rejects.toThrow(config);
  });

  test("in the environment", async () => {
    const problem = (variables: Record<string, string>) => expect(read([], variables)).rejects;
    await problem({ TABSWARM_PORT: "tcp://10.0.0.1" }).toThrow("TABSWARM_PORT: A port is");
    await problem({ TABSWARM_STUN: "maybe" }).toThrow("TABSWARM_STUN: It must be true or false.");
    await problem({ TABSWARM_CONFIG: "/nothing/here.json" }).toThrow("/nothing/here.json");
  });

  test("a variable that is not a setting is a warning that names the nearest", async () => {
    expect((await read([], { TABSWARM_PUBLIC: "x" })).warnings).toEqual([
      "The environment variable TABSWARM_PUBLIC is not a setting and was ignored. The nearest is TABSWARM_PUBLIC_URL.",
    ]);
  });
});
