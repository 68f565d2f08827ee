/** The sentences about the page as an app of the device. */

export const UPDATE_READY = "A new version of this page is ready.";
export const UPDATE_WAITS =
  "A new version of this page is ready. You can update as soon as nothing moves here.";
export const UPDATE = "Update";

export const HTTPS_ADDS =
  "Over https, this page could also be installed, open offline, and take files from other apps.";

const countOf = (count: number): string => (count === 1 ? "1 file" : `${count} files`);

export const sheetTitle = (files: number, opens: boolean): string =>
  files === 0 ? "Open this?" : `Share ${countOf(files)}${opens ? " and open the rest" : ""}?`;
export const FILES_CAME =
  "Another app has handed this over. Nobody gets it before you agree; then you have a link to send, which works while this page is open.";
export const LINK_CAME = "Another app has handed this over. It opens here as a download.";
export const accept = (files: number, opens: boolean): string =>
  files === 0 ? "Open it" : opens ? "Share and open" : `Share ${countOf(files)}`;
export const CANCEL = "Cancel";
export const CLOSE = "Close";
export const andMore = (count: number): string => `and ${count} more`;
export const together = (size: string): string => `${size} together`;
export const tooMany = (count: number): string =>
  `${count === 1 ? "One more file was" : `${count} more files were`} left out: the page takes 1,000 at once. Choose them in the page itself.`;
export const NOTHING_CAME = "Nothing to share";
export const NOTHING_CAME_TEXT = "What was shared with this page has been answered already, or it was empty.";
export const LOST =
  "The browser could not keep what you shared with this page. Share it once more; if that fails, too, free space on this device first.";
