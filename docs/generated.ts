// Tables in the documentation that come from the code. `npm run docs` renews them; a test fails while one is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { flagOf, initialText, type Setting, type Settings, variableOf } from "../cli/flags/settings.ts";
import { TRACKER_SETTINGS } from "../cli/flags/tracker-settings.ts";
import { HTTP_ROWS, SOCKET_ROWS, UDP_ROWS } from "./limit-tables.ts";

/** The file with the tables. */
export const OPERATION = fileURLToPath(new URL("operation.md", import.meta.url));

const TABLES: Readonly<Record<string, () => readonly string[]>> = {
  settings: () => settingsTable(TRACKER_SETTINGS),
  "limits over WebSocket": () => limitsTable(SOCKET_ROWS),
  "limits over HTTP": () => limitsTable(HTTP_ROWS),
  "limits over UDP": () => limitsTable(UDP_ROWS),
};

/** The text with every table as the code has it. A table stands between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
export function withFreshTables(text: string): string {
  return Object.entries(TABLES).reduce((before, [name, table]) => {
    const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
    const from = before.indexOf(begin);
    const to = before.indexOf(end);
    if (from < 0 || to < from) throw new Error(`There is no place for the table ${name}.`);
    return `${before.slice(0, from)}${begin}\n\n${table().join("\n")}\n\n${before.slice(to)}`;
  }, text);
}

function settingsTable(settings: Settings): readonly string[] {
  return tableOf(
    ["flag", "environment", "key in the file", "default", "meaning"],
    Object.entries(settings).map(([name, setting]) => settingsRow(name, setting)),
  );
}

function limitsTable(rows: readonly (readonly string[])[]): readonly string[] {
  return tableOf(["what", "limit", "beyond it"], rows);
}

/** Padded as Biome formats tables. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  return [head, rule, ...rows].map(
    (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
}

function settingsRow(name: string, setting: Setting<unknown>): readonly string[] {
  const { initial, isRepeatable, isSecret, isOutsideFile } = setting;
  const initially = initialText(setting) ?? (initial === true ? "true" : undefined);
  const notes = [
    ...(isRepeatable ? ["May be repeated"] : []),
    ...(isSecret ? ["**Secret**: other users of the machine can see flags"] : []),
  ];
  return [
    code(flagOf(name, setting)),
    code(variableOf(name)),
    isOutsideFile ? "" : code(name),
    initially === undefined ? "" : code(initially),
    [setting.description, ...notes].join(". ").replace(/\|/g, "\\|"),
  ];
}

const code = (text: string): string => `\`${text}\``;

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(OPERATION, withFreshTables(readFileSync(OPERATION, "utf8")));
}
