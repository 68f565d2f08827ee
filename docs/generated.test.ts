import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { variableOf } from "../cli/flags/settings.ts";
import { TRACKER_SETTINGS } from "../cli/flags/tracker-settings.ts";
import { MAX_DRAIN_MILLIS, MAX_LAST_REQUESTS_MILLIS } from "../signal-tracker/limits/operation.ts";
import { OPERATION, withFreshTables } from "./generated.ts";

const text = readFileSync(OPERATION, "utf8");
const unit = readFileSync("docs/tabswarm-tracker.service", "utf8");
const variables = Object.keys(TRACKER_SETTINGS).map(variableOf);

test("the tables in docs/operation.md are those of the code: npm run docs renews them", () => {
  expect(text).toBe(withFreshTables(text));
});

test("the variables in docs/operation.md are settings", () => {
  const named = new Set(text.match(/TABSWARM_[A-Z_]*[A-Z]/g));
  expect([...named].filter((name) => !variables.includes(name))).toEqual([]);
});

test("the systemd unit starts the tracker with flags that it has, and gives it time to drain", () => {
  const [, command = ""] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
  const flags = command.match(/--[a-z-]+/g);
  expect(flags).toEqual(["--data"]);
  expect(TRACKER_SETTINGS).toHaveProperty("data");
  const drainSeconds = (MAX_DRAIN_MILLIS + MAX_LAST_REQUESTS_MILLIS) / 1_000;
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(drainSeconds);
});
