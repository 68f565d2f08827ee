import { formatCount } from "../format.ts";

/** The sentences about the end of a download, outside the page. */

/** In the title of the tab. */
export function doneTitle(names: readonly string[]): string {
  return names.length === 0
    ? ""
    : `✓ ${names.length === 1 ? names[0] : `${formatCount(names.length)} files`}`;
}

/** The title of the notification. */
export function doneNotice(names: readonly string[]): string {
  return names.length === 1
    ? `${names[0]} is complete`
    : `${formatCount(names.length)} downloads are complete`;
}

export const DONE_NEXT = "Click to go to the page and save what you want to keep.";

export const TELL_ME = "Notify me when downloads are complete";
export const NOT_ALLOWED =
  "The browser does not let this page notify you. Allow notifications in its settings for this site, then tick the box again.";
