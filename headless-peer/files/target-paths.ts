import type { InfoHash } from "#shared/base/ids.ts";
import type { Info } from "#shared/meta/info.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";

/** Where the files of a download go, relative to the chosen folder, with `/` between parts. */
export interface TargetPaths {
  /** For each file, in the order of the info dictionary. */
  readonly finals: readonly string[];
  /** Where files are until they are complete. */
  readonly partials: readonly string[];
  readonly hidden: HiddenPaths;
  /** The hidden files of earlier versions, which named them after the torrent: torrents with the same name shared them. */
  readonly formerHidden: HiddenPaths;
}

/** Our own files next to a download. */
interface HiddenPaths {
  /** Records what is verified. */
  readonly resume: string;
  /** Holds the parts of pieces that belong to unselected files. */
  readonly parts: string;
}

/** Each name goes through `safePaths` or `safeName`. The same torrent gets the same paths each time. */
export function targetPaths({ info, infoHash }: { info: Info; infoHash: InfoHash }): TargetPaths {
  const paths = safePaths(info);
  const root = info.isFolder ? safeName(info.name) : (paths[0] ?? "unnamed");
  const finals = info.isFolder ? paths.map((path) => `${root}/${path}`) : paths;
  return {
    finals,
    partials: partialPaths(finals),
    hidden: hiddenPaths(infoHash),
    formerHidden: hiddenPaths(root),
  };
}

/** Where the list of files of an encrypted share is kept, as the torrent has it, so that a later run knows what it has. */
export function manifestPath(infoHash: InfoHash): string {
  return `.${infoHash}.manifest`;
}

function hiddenPaths(name: string): HiddenPaths {
  return { resume: `.${name}.tabswarm`, parts: `.${name}.parts` };
}

/** `<final path>.partial`; with a number if the torrent itself has a file or folder of that name. */
function partialPaths(finals: readonly string[]): string[] {
  const taken = new Set(finals.flatMap(withFolders).map(folded));
  return finals.map((path) => {
    let partial = `${path}.partial`;
    for (let number = 2; taken.has(folded(partial)); number++) partial = `${path}.${number}.partial`;
    taken.add(folded(partial));
    return partial;
  });
}

function withFolders(path: string): string[] {
  const paths = [path];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
    paths.push(path.slice(0, end));
  return paths;
}

/** Equal for names that some file system treats as the same. */
export function folded(path: string): string {
  return path.normalize("NFC").toUpperCase().toLowerCase();
}
