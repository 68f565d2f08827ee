import { people } from "./card/card-texts.ts";

/** The sentences of the dialog that asks before it removes a torrent. */

export function removeQuestion(title: string): string {
  return `Remove “${title}”?`;
}

export const REMOVE_OWN = "Your own file stays where it is. You only stop sharing it.";
export const REMOVE_KEEPS_SAVED = "Files that you saved stay where they are.";

export function removeData(size: string): string {
  return `This browser has stored ${size} of it. Keep the data if you may want to continue later: add the link again, and the download resumes.`;
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
