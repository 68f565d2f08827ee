import { useEffect, useState } from "preact/hooks";
import type { FileView } from "#shared/session/view.ts";
import type { FileChoice } from "../../engine/client.ts";
import { type Chosen, choiceOf } from "./chosen.ts";

/** The engine takes a moment, and has refused what it has not taken after so long. */
const PENDING_MILLIS = 3_000;

/**
 * What is chosen of these files, and a way to choose otherwise. A new choice is shown at once, and the next one builds on it. Nothing
 * at all stays chosen until there is another choice, since the engine gets no such one.
 */
export function useChosen(files: readonly FileView[]): readonly [Chosen, (choice: FileChoice) => void] {
  const [pending, setPending] = useState<FileChoice>();
  const taken: Chosen = {
    isChosen: (at) => files[at]?.selected ?? false,
    isFirst: (at) => files[at]?.isFirst ?? false,
  };
  const isOver = pending !== undefined && isSame(pending, choiceOf(files, taken));
  useEffect(() => {
    if (isOver) return setPending(undefined);
    if (pending === undefined || pending.selectedFiles?.length === 0) return;
    const timer = setTimeout(setPending, PENDING_MILLIS, undefined);
    return () => clearTimeout(timer);
  }, [pending, isOver]);
  return [pending === undefined || isOver ? taken : chosenBy(pending, files), setPending];
}

function chosenBy({ selectedFiles, firstFiles }: FileChoice, files: readonly FileView[]): Chosen {
  const selected = selectedFiles && new Set(selectedFiles);
  const first = new Set(firstFiles);
  const has = (numbers: ReadonlySet<number>, at: number): boolean => numbers.has(files[at]?.index ?? -1);
  return {
    isChosen: (at) => selected === undefined || has(selected, at),
    isFirst: (at) => has(first, at),
  };
}

function isSame(left: FileChoice, right: FileChoice): boolean {
  return isSameList(left.selectedFiles, right.selectedFiles) && isSameList(left.firstFiles, right.firstFiles);
}

function isSameList(left: readonly number[] | undefined, right: readonly number[] | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every((number, at) => number === right[at]);
}
