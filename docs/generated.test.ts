import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { downloadCommand } from "../cli/commands/download.ts";
import { peersCommand } from "../cli/commands/peers.ts";
import { seedCommand } from "../cli/commands/seed.ts";
import { variablesOf } from "../cli/flags/peer-defaults.ts";
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

/** As GitHub makes them of headings. */
const anchors = (markdown: string): readonly string[] =>
  [...markdown.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );

test("the contents of docs/operation.md name every section", () => {
  const [contents = ""] = text.split("\n```", 1);
  const sections = [...text.replace(/^```.*?^```/gms, "").matchAll(/^## (.+)$/gm)].map(([, name]) => name);
  const named = [...contents.matchAll(/\[([^\]]+)\]\(#/g)].map(([, name]) => name);
  expect(named.filter((name) => name !== "Peers on the command line")).toEqual(sections);
});

test("links within the documentation lead to a section", () => {
  const files = [
    "README.md",
    "docs/operation.md",
    "docs/protocol.md",
    "docs/security.md",
    "docs/performance.md",
  ];
  const broken = files.flatMap((file) => {
    const links = readFileSync(file, "utf8").matchAll(/\]\(([\w./-]*)#([^)]+)\)/g);
    return [...links].flatMap(([, path = "", anchor = ""]) => {
      if (path.includes(":")) return [];
      const target = path === "" ? file : join(dirname(file), path);
      return anchors(readFileSync(target, "utf8")).includes(anchor) ? [] : [`${file}: ${path}#${anchor}`];
    });
  });
  expect(broken).toEqual([]);
});

test("the variables in docs/operation.md are settings", () => {
  const named = new Set(text.match(/TABSWARM_[A-Z_]*[A-Z]/g));
  const known = [...variables, ...variablesOf([seedCommand(), downloadCommand(), peersCommand()])];
  expect([...named].filter((name) => !known.includes(name))).toEqual([]);
});

test("the systemd unit starts the tracker with flags that it has, and gives it time to drain", () => {
  const [, command = ""] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
  const flags = command.match(/--[a-z-]+/g);
  expect(flags).toEqual(["--data"]);
  expect(TRACKER_SETTINGS).toHaveProperty("data");
  const drainSeconds = (MAX_DRAIN_MILLIS + MAX_LAST_REQUESTS_MILLIS) / 1_000;
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(drainSeconds);
});
