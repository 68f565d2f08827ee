// Tables in the documentation that come from the code. `npm run docs` renews them; a test fails while one is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { flagOf, initialText, type Setting, type Settings, variableOf } from "../cli/flags/settings.ts";
import { TRACKER_SETTINGS } from "../cli/flags/tracker-settings.ts";
import { HTTP_ROWS, SOCKET_ROWS, UDP_ROWS } from "./limit-tables.ts";
import { tableOf, withTable } from "./markdown-table.ts";

/** The file with the tables. */
export const OPERATION = fileURLToPath(new URL("operation.md", import.meta.url));

const TABLES: Readonly<Record<string, () => readonly string[]>> = {
  settings: () => settingsTable(TRACKER_SETTINGS),
  "limits over WebSocket": () => limitsTable(SOCKET_ROWS),
  "limits over HTTP": () => limitsTable(HTTP_ROWS),
  "limits over UDP": () => limitsTable(UDP_ROWS),
};

/** The text with every table as the code has it. */
export function withFreshTables(text: string): string {
  return Object.entries(TABLES).reduce((before, [name, table]) => withTable(before, name, table), text);
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
