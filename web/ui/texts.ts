/** The sentences of the page around the list, in plain English. Each error names the next step. */

export const HEADLINE = ["Drop a file.", "Send the link."] as const;
export const INTRODUCTION =
  "People who open the link download the file straight from this page, and from everybody else who already has parts of it. No account, no upload to a server, no size limit.";
export const LINK_LABEL = "Got a link? Paste it here";
export const LINK_KINDS = "Magnet link or info-hash";
export const LINK_HINT = "A share link of any Tabswarm page works, too.";

export const NOTHING_DROPPED = "That contained no files. Drop a file, a folder with files, or a link.";
export const PICK_FAILED =
  "The browser could not read everything. Check that the files still exist and that you may read them, then try again.";

export const DROP_SIGN = "Drop it here";
export const READING_FOLDER = "Reading what you chose…";

/** What a newcomer should know before sending the first link. */
export const PROMISES = [
  {
    title: "Keep the page open",
    text: "The file comes from your browser, so the link works while this page is open, or while somebody else with the whole file is online.",
  },
  {
    title: "Close it and come back",
    text: "Downloads resume where they stopped, even after a restart. No part is downloaded twice.",
  },
  {
    title: "The more, the faster",
    text: "Everybody who downloads also passes parts on, and your browser checks every part before it keeps it.",
  },
] as const;
