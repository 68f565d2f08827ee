import type { FileView } from "#shared/session/view.ts";
import { formatBytes, formatCount, plural } from "../format.ts";

/** Browsers draw this many rows without delay, and nobody reads more. */
export const MAX_FILES_SHOWN = 500;

interface FileListProps {
  readonly files: readonly FileView[];
  readonly linksLeftOut: number;
  readonly labelledBy: string;
}

/** Its files, with their sizes. */
export function FileList({ files, linksLeftOut, labelledBy }: FileListProps) {
  if (files.length === 0) return <p class="note">The list of files is not here yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard.
    <section class="scroll files" aria-labelledby={labelledBy} tabIndex={0}>
      <ul>
        {files.slice(0, MAX_FILES_SHOWN).map((file) => (
          <li key={file.path} class="file">
            <span>{file.path}</span>
            <span>
              {file.selected ? formatBytes(file.bytes) : `${formatBytes(file.bytes)}, not selected`}
            </span>
          </li>
        ))}
      </ul>
      {files.length > MAX_FILES_SHOWN && (
        <p class="note">… and {formatCount(files.length - MAX_FILES_SHOWN)} more.</p>
      )}
      {linksLeftOut > 0 && (
        <p class="note">{plural(linksLeftOut, "symbolic link", "symbolic links")} left out.</p>
      )}
    </section>
  );
}
