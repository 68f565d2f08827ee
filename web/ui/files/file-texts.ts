import { formatBytes, formatCount, wholePercent } from "../format.ts";

export const NOT_KNOWN = "The list of files is not here yet.";
export const NONE_CHOSEN = "Choose at least one file. Until then, what you chose before counts.";
export const ALL = "All";
export const NONE = "None";
export const FIRST = "First";
export const SAVE = "Save";
export const MORE = "Show more";

export const firstLabel = (name: string): string => `Download ${name} first`;
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
