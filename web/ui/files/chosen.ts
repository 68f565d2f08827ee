import type { FileView } from "#shared/session/view.ts";
import type { FileChoice } from "../../engine/client.ts";

/** What is chosen, by the places of files in a torrent's view. */
export interface Chosen {
  readonly isChosen: (at: number) => boolean;
  readonly isFirst: (at: number) => boolean;
}

/** The same, but for these files. What comes first is chosen, too. */
export function changed(
  { isChosen, isFirst }: Chosen,
  places: readonly number[],
  change: { readonly isChosen?: boolean; readonly isFirst?: boolean },
): Chosen {
  const changes = new Set(places);
  const first = (at: number): boolean => (changes.has(at) ? (change.isFirst ?? isFirst(at)) : isFirst(at));
  const chosen = (at: number): boolean =>
    changes.has(at) ? (change.isChosen ?? (change.isFirst === true || isChosen(at))) : isChosen(at);
  return { isChosen: chosen, isFirst: (at) => chosen(at) && first(at) };
}

/** As the engine takes it. */
export function choiceOf(files: readonly FileView[], { isChosen, isFirst }: Chosen): FileChoice {
  const numbers = (fits: (at: number) => boolean): number[] =>
    files.flatMap(({ index }, at) => (fits(at) ? [index] : []));
  const selectedFiles = numbers(isChosen);
  return {
    selectedFiles: selectedFiles.length === files.length ? undefined : selectedFiles,
    firstFiles: numbers(isFirst),
  };
}
