/** What the page says before the rest of it has loaded. Each error names the next step. */
export const englishPage = {
  headline: ["Drop a file.", "Send the link."],
  introduction:
    "People who open the link download the file straight from this page, and from everybody else who already has parts of it. No account, no upload to a server, no size limit.",
  chooseFiles: "Choose files",
  chooseFolder: "Choose a folder",
  sendText: "Send text",
  encrypt: "Encrypt with a key in the link",
  encryptNote:
    "Only people with the whole share link can read it, or learn the names in it. Whoever has the link can read it for good, so choose whom you send it to.",
  cannotEncrypt:
    "Open this page over https to encrypt what you share: over plain http, somebody on the way could have changed the page.",

  linkLabel: "Got a link? Paste it here",
  linkKinds: "Magnet link or info-hash",
  linkHint: "A share link of any Tabswarm page works, too.",
  download: "Download",

  yourFiles: "Your files",
  catalog: "Catalog",
  thisTracker: "This tracker",
  settings: "Settings",
  dismiss: "Dismiss",

  dropHere: "Drop it here",
  reading: "Reading what you chose…",
  nothingDropped: "That contained no files. Drop a file, a folder with files, or a link.",
  pickFailed:
    "The browser could not read everything. Check that the files still exist and that you may read them, then try again.",
  notLoaded: "This part of the page did not load. Check your connection, then reload the page.",

  /** What a newcomer should know before sending the first link. */
  promises: [
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
  ],
};
