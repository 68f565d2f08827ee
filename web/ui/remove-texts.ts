import { people } from "./card/card-texts.ts";

/** The sentences of the dialog that asks before it removes a torrent. */

export function removeQuestion(title: string): string {
  return `Remove “${title}”?`;
}

/** The person's own files. */
export function removeOwn(files: number): string {
  const stays = files > 1 ? "Your own files stay where they are." : "Your own file stays where it is.";
  return `${stays} You only stop sharing ${files > 1 ? "them" : "it"}.`;
}

export const REMOVE_NOTHING = "Nothing of it is stored yet. Its link adds it again.";
export const REMOVE_SAVED = "What you saved stays where you saved it.";
export const REMOVE_UNSAVED =
  "You have not saved it yet: with the data, your copy is gone. To keep the file, cancel and save it first.";

/** A download, of which this much is stored. */
export function removeData(size: string, isWhole: boolean): string {
  const later = isWhole
    ? "Keep the data if you may want it again: add the link again, and it is all there."
    : "Keep the data if you may want to continue later: add the link again, and the download resumes.";
  return `This browser has stored ${size} of it. ${later}`;
}

/** Removing a complete torrent: what that does to its link. */
export function removeBreaksLink(receivers: number, others: number): string {
  const now =
    receivers > 0
      ? `${people(receivers)} ${receivers === 1 ? "is" : "are"} downloading it from you right now. `
      : "";
  return others > 0
    ? `${now}Others have the whole file, so the link keeps working while they are online.`
    : `${now}The link will stop working: nobody else has the whole file.`;
}
