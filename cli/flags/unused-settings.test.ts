import { Command } from "commander";
import { expect, test } from "vitest";
import { readSettings } from "./read-settings.ts";
import { addSettingFlags } from "./settings.ts";
import { TRACKER_SETTINGS } from "./tracker-settings.ts";
import { refuseUnused } from "./unused-settings.ts";

async function check(flags: string, environment: Record<string, string> = {}): Promise<void> {
  const command = addSettingFlags(new Command().exitOverride(), TRACKER_SETTINGS);
  command.parse(flags.split(" "), { from: "user" });
  const { values, set } = await readSettings(TRACKER_SETTINGS, command, environment);
  refuseUnused(values, set);
}

test.each([
  ["--https-port 8443", "--https-port needs --https"],
  ["--no-catalog --catalog-days 30", "--catalog-days and --no-catalog"],
  ["--redis redis://127.0.0.1 --data d", "--data does nothing with --redis"],
  ["--redis redis://127.0.0.1 --data d --cert a --key b", "--data does nothing with --redis"],
])("%s is wrong usage, as a part of it would do nothing", (flags, sentence) =>
  expect(check(flags)).rejects.toThrow(sentence),
);

test("wherever a setting stands, it must do something", () =>
  expect(check("--json", { TABSWARM_HTTPS_PORT: "1" })).rejects.toThrow("--https-port"));

test.each([
  "--json",
  "--no-catalog",
  "--https --data d --https-port 0",
  "--cert a --key b --https-port 0",
  "--redis redis://127.0.0.1 --data d --https",
  "--catalog-days 3",
])("%s is not", (flags) => expect(check(flags)).resolves.toBeUndefined());
