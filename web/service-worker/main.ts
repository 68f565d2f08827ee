import { answerPlayer } from "./play.ts";
import { answerShare } from "./share-target.ts";
import { answerFromShell, forgetOtherVersions, isThisVersion, keepShell } from "./shell.ts";
import { readWord } from "./word.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));

// A new version waits until no tab of the old one is open, or a tab says that it may begin.
self.addEventListener("activate", (event) => event.waitUntil(begin()));

self.addEventListener("message", (event) => {
  const word = readWord(event.data);
  if (word?.type === "update") event.waitUntil(self.skipWaiting());
  if (word?.type === "opened") event.waitUntil(welcome(word.files, event.ports[0]));
});

self.addEventListener("fetch", (event) => {
  const answer = answerShare(event.request) ?? answerPlayer(event) ?? answerFromShell(event.request);
  if (answer !== undefined) event.respondWith(answer);
});

async function begin(): Promise<void> {
  await self.clients.claim();
  await tidyUp();
}

/** A page has opened, and asks whether this is its version. If it is the only page, nothing holds us up any longer. */
async function welcome(files: readonly unknown[], answer: MessagePort | undefined): Promise<void> {
  const isIts = isThisVersion(files);
  answer?.postMessage(isIts);
  if (isIts && (await isAlone())) await self.skipWaiting();
  await tidyUp();
}

async function tidyUp(): Promise<void> {
  const { waiting, installing } = self.registration;
  if (waiting === null && installing === null && (await isAlone())) await forgetOtherVersions();
}

/** Whether at most one page is open. */
async function isAlone(): Promise<boolean> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.length <= 1;
}
