import { MIB, randomFile, torrentOf, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const WHAT_TO_PASTE =
  "Paste a magnet link (magnet:?xt=urn:btih:…), a share link, or the 40 characters of an info-hash.";
const TEXT = "All work and no play. ";
const V2_HASH = "ab".repeat(32);

for (const [what, text, sentence] of [
  ["a garbage magnet", "magnet:?xt=urn:btih:zzzz&dn=x", WHAT_TO_PASTE],
  ["a magnet that names nothing", "magnet:?dn=x", WHAT_TO_PASTE],
  ["a page of another kind", "https://example.org/watch?v=1", WHAT_TO_PASTE],
  ["a hash of version 2", `magnet:?xt=urn:btmh:1220${V2_HASH}`, "BitTorrent version 2 only"],
] as const) {
  test(`${what} in the box is answered with what to paste`, async ({ tracker, context }) => {
    const tab = await openTab(context, tracker.url);
    await tab.download(text);
    await expect(tab.alert).toContainText(sentence);
    await expect(tab.entries).toHaveCount(0);
    await tab.alert.getByRole("button", { name: "Dismiss" }).click();
    await expect(tab.alert).toBeEmpty();
  });
}

test("10 MB of text in the box are too long for a link", async ({ tracker, context }) => {
  const tab = await openTab(context, tracker.url);
  // Pasted inside the page: it would have to travel through the test's own connection otherwise.
  await tab.page.getByLabel("Magnet link or info-hash").evaluate((box: HTMLInputElement, text) => {
    box.value = text.repeat(10_000_000 / text.length);
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, TEXT);
  await tab.page.getByRole("button", { name: "Download", exact: true }).click();
  await expect(tab.alert).toContainText(`That text is too long for a link. ${WHAT_TO_PASTE}`);
  await expect(tab.entries).toHaveCount(0);
});

test("a garbage address is answered with what to paste", async ({ tracker, context }) => {
  const tab = await openTab(context, `${tracker.url}#magnet:?xt=urn:btih:%E0%A4%A`);
  await expect(tab.alert).toContainText(WHAT_TO_PASTE);
  await expect(tab.entries).toHaveCount(0);
});

test("what is no whole .torrent file is said to be none, wherever it is cut", async ({
  tracker,
  folder,
  context,
}) => {
  const torrent = await torrentOf(await randomFile(folder, "film.bin", MIB));
  const tab = await openTab(context, tracker.url);
  const cuts = [0, 1, 60, torrent.length - 21, torrent.length - 1];
  for (const [at, cut] of cuts.entries()) {
    await tab.share(await writtenFile(folder, "cut.torrent", torrent.subarray(0, cut)));
    await expect(tab.alert.getByText("This is not a whole torrent (")).toHaveCount(at + 1);
  }
  await expect(tab.entries).toHaveCount(0);

  await tab.share(await writtenFile(folder, "whole.torrent", torrent));
  await tab.expectState("film.bin", "downloading");
});

test("10 MB of text are no .torrent file", async ({ tracker, folder, context }) => {
  const tab = await openTab(context, tracker.url);
  await tab.share(await writtenFile(folder, "text.torrent", TEXT.repeat((10 * MIB) / TEXT.length)));
  await expect(tab.alert).toContainText("This is not a whole torrent (");
  await expect(tab.entries).toHaveCount(0);
});

test("an info-hash that nobody has is waited for", async ({ tracker, context }) => {
  const tab = await openTab(context, tracker.url);
  const hash = "0123456789abcdef0123456789abcdef01234567";
  await tab.download(hash);
  await tab.expectState(hash, "metadata");
  await expect(tab.entry(hash)).toContainText(
    "Nobody with this file is online. Keep this page open; it starts by itself when somebody is.",
  );
});
