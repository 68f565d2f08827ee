import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readStart } from "#headless-peer/sources/read-start.ts";
import { UsageError } from "#shared/base/errors.ts";
import { parseJson } from "./json-text.ts";
import { nearest } from "./nearest.ts";
import type { Setting, Settings, Written } from "./settings.ts";

/** Bytes of a settings file: the longest lists that make sense are a few hundred proxies or origins. */
export const MAX_SETTINGS_FILE_BYTES = 256 * 1024;

/** What a settings file says. */
export interface SettingsFile {
  /** By the names of the settings. */
  readonly written: ReadonlyMap<string, Written>;
  /** Sentences about what the operator should know. */
  readonly warnings: readonly string[];
}

/**
 * Reads a JSON file with settings, and leaves out keys that somebody else reads. Paths in it are relative to its folder. Rejects with
 * a `UsageError` that names the file and the key.
 */
export async function readSettingsFile(
  path: string,
  settings: Settings,
  readElsewhere: readonly string[] = [],
): Promise<SettingsFile> {
  const bytes = await readStart(path, MAX_SETTINGS_FILE_BYTES + 1);
  if (bytes.length > MAX_SETTINGS_FILE_BYTES)
    throw new UsageError("config", `${path} is larger than a file of settings can be. Name another file.`);
  const content = Object.entries(contentOf(path, new TextDecoder().decode(bytes)));
  const folder = dirname(resolve(path));
  const written = new Map(
    content
      .filter(([key]) => !readElsewhere.includes(key))
      .map(([key, value]): [string, Written] => {
        const place = `In ${path}, \`${key.slice(0, MAX_SHOWN_KEY)}\``;
        const texts = textsOf(knownSetting(key, settings, place), value, place);
        const isPath = settings[key]?.isPath ?? false;
        return [key, { texts: isPath ? texts.map((text) => resolve(folder, text)) : texts, place }];
      }),
  );
  return { written, warnings: await warningsFor(path, written, settings) };
}

/** Warns of secrets that every user of the machine can read. */
async function warningsFor(
  path: string,
  written: SettingsFile["written"],
  settings: Settings,
): Promise<readonly string[]> {
  const secret = [...written.keys()].find((key) => settings[key]?.isSecret);
  if (secret === undefined || ((await stat(path)).mode & READABLE_BY_OTHERS) === 0) return [];
  return [`Every user of this machine can read ${path}, and with it \`${secret}\`. Run: chmod o-r ${path}`];
}

const READABLE_BY_OTHERS = 0o004;
const MAX_SHOWN_KEY = 64;

function contentOf(path: string, text: string): object {
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.code, `In ${path}: ${error.message}`);
    throw error;
  }
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  throw new UsageError("config", `In ${path}: the settings must be an object, in { }.`);
}

function knownSetting(key: string, settings: Settings, place: string): Setting<unknown> {
  const known = Object.keys(settings).filter((name) => !settings[name]?.isOutsideFile);
  const setting = known.includes(key) ? settings[key] : undefined;
  if (setting !== undefined) return setting;
  const name = nearest(key.slice(0, MAX_SHOWN_KEY), known);
  throw new UsageError("config", `${place}: there is no such setting. The nearest is \`${name}\`.`);
}

function textsOf(
  { argument, isRepeatable }: Setting<unknown>,
  value: unknown,
  place: string,
): readonly string[] {
  const wrong = (what: string): UsageError => new UsageError("config", `${place}: It must be ${what}.`);
  if (argument === undefined) {
    if (typeof value !== "boolean") throw wrong("true or false");
    return [String(value)];
  }
  const values: readonly unknown[] = isRepeatable && Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === "number") return String(item);
    if (typeof item === "string" && !item.includes("\0")) return item;
    throw wrong(isRepeatable ? "a list of texts, in [ ]" : 'a text, in " "');
  });
}
