import { InvalidArgumentError } from "commander";
import picomatch from "picomatch/posix.js";
import { UsageError } from "#shared/base/errors.ts";
import type { SelectFiles } from "#shared/library/peer-torrent.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { safePaths } from "#shared/meta/safe-path.ts";
import { plural } from "../show/format.ts";

/** A longer glob is a mistake. */
export const MAX_GLOB_CHARACTERS = 1_000;

const MAX_NAMES_SHOWN = 5;

/** Reads one `--select` and adds it to those before. */
export function parseGlob(text: string, before: readonly string[] = []): readonly string[] {
  if (text !== "" && text.length <= MAX_GLOB_CHARACTERS) return [...before, text];
  throw new InvalidArgumentError("It must be a pattern such as '*.mp4', 'Season 1/**' or '*.{jpg,png}'.");
}

/**
 * Selects the files that match any of the globs: by path, or by name alone if the glob has no slash. Paths count both as the
 * torrent writes them and as they are saved.
 */
export function selectByGlobs(globs: readonly string[]): SelectFiles {
  if (globs.length === 0) return () => undefined;
  const tests = globs.map((glob) => picomatch(glob, { dot: true, basename: !glob.includes("/") }));
  const fits = (path: string): boolean => tests.some((test) => test(path));
  return (info) => {
    const saved = safePaths(info);
    const selected = [...info.files.entries()]
      .filter(([at, file]) => isContent(file) && (fits(file.path) || fits(saved[at] ?? "")))
      .map(([at]) => at);
    if (selected.length === 0) throw nothingFits(globs, info, saved);
    return selected;
  };
}

function nothingFits(globs: readonly string[], { files }: Info, saved: readonly string[]): UsageError {
  const names = saved.filter((_, at) => files[at] !== undefined && isContent(files[at]));
  const shown = names.slice(0, MAX_NAMES_SHOWN);
  const more = names.length - shown.length;
  const rest = more > 0 ? `, and ${plural(more, "more", "more")}` : "";
  return new UsageError(
    "nothingSelected",
    `No file in the torrent matches ${globs.join(" or ")}. It has: ${shown.join(", ")}${rest}. Change --select, or leave it out.`,
  );
}
