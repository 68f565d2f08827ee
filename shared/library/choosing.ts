import { UsageError } from "../base/errors.ts";
import type { Info } from "../meta/info.ts";
import { isContent } from "../meta/layout.ts";
import { safePaths } from "../meta/safe-path.ts";
import type { SelectFiles, Selection } from "./peer-torrent.ts";

/** A file to choose or not. */
export interface FileChoice {
  /** Its number in the torrent. */
  readonly index: number;
  /** With `/` between folders, and safe for any file system. */
  readonly path: string;
  readonly bytes: number;
}

/** Chooses files once they are known. Absent or undefined: those that the link names, or all. */
export type ChooseFiles = (files: readonly FileChoice[]) => readonly number[] | undefined;

/** What a person or their link wants of a torrent. `named`: the files that the link names (BEP 53). */
export function choosing(choose: ChooseFiles | undefined, named: readonly number[] | undefined): SelectFiles {
  return (info): Selection => {
    const files = choicesOf(info);
    const wanted = choose?.(files) ?? named;
    const there = wanted?.filter((index) => files.some((file) => file.index === index));
    if (there === undefined || there.length > 0) return there;
    throw new UsageError(
      "nothingSelected",
      "Nothing was selected of the files in this torrent. Select at least one.",
    );
  };
}

function choicesOf(info: Info): readonly FileChoice[] {
  const paths = safePaths(info);
  return info.files.flatMap((entry, index) =>
    isContent(entry) ? [{ index, path: paths[index] ?? "", bytes: entry.bytes }] : [],
  );
}
