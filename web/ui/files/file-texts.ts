import { formatBytes, formatCount, wholePercent } from "../format.ts";

export const NOT_KNOWN = "The list of files is not here yet.";
export const NONE_CHOSEN = "Choose at least one file. Until then, what you chose before counts.";
export const ALL = "All";
export const NONE = "None";
export const FIRST = "First";
export const SAVE = "Save";
export const PREVIEW = "Preview";
export const PREVIOUS = "Previous";
export const NEXT = "Next";
export const CLOSE = "Close";
export const READING = "Reading the file…";
export const NOT_READABLE = "The file could not be read. Close this and try again.";
export const NO_PREVIEW =
  "This is neither a picture nor text that the page can show. Save the file and open it.";
export const PICTURE_TOO_LARGE = "The picture is larger than 16 MiB. Save the file and open it.";
export const PICTURE_BROKEN = "The browser cannot show this picture. Save the file and open it.";
export const TEXT_CUT = "These are the first 64 KiB. Save the file to read all of it.";
export const MORE = "Show more";

export const firstLabel = (name: string): string => `Download ${name} first`;
export const previewLabel = (name: string): string => `Preview ${name}`;
export const saveLabel = (name: string): string => `Save ${name}`;

export function moreRows(count: number): string {
  return `… and ${formatCount(count)} more.`;
}

export function chosenOf(chosen: number, total: number, bytes: number): string {
  return `${formatCount(chosen)} of ${formatCount(total)} chosen, ${formatBytes(bytes)}`;
}

/** How much of it is here. Undefined: not known, or nothing that needs saying. */
export function amount(bytes: number, here: number | undefined): string {
  if (here === undefined || here === 0 || here >= bytes) return formatBytes(bytes);
  return `${wholePercent(here, bytes)}% of ${formatBytes(bytes)}`;
}
