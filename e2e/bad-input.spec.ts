import { type Encodable, encodeBencode } from "#shared/base/bencode.ts";
import { MIB, randomFile, torrentOf, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const WHAT_TO_PASTE =
  "Paste a magnet link (magnet:?xt=urn:btih:…), a share link, or the 40 characters of an info-hash.";
const TEXT = "All work and no play. ";
const HASH = "0123456789abcdef0123456789abcdef01234567";
const V2_HASH = "ab".repeat(32);

for (const [what, text, sentence] of [
  ["a garbage magnet", "magnet:?xt=urn:btih:zzzz&dn=x", WHAT_TO_PASTE],
  ["a magnet that names nothing", "magnet:?dn=x", WHAT_TO_PASTE],
  ["an unrelated page", "https://example.org/watch?v=1", WHAT_TO_PASTE],
  ["a hash of version 2", `magnet:?xt=urn:btmh:1220${V2_HASH}`, "BitTorrent version 2 only"],
] as const) {
  test(`${what} stays in the box, with what to paste under it`, async ({ tracker, context }) => {
    const tab = await openTab(context, tracker.url);
    await tab.download(text);
    await expect(tab.linkBox).toHaveAccessibleDescription(new RegExp(sentence.replace(/[()?.]/g, "\\$&")));
    await expect(tab.linkBox).toHaveAttribute("aria-invalid", "true");
    await expect(tab.linkBox).toBeFocused();
    await expect(tab.linkBox).toHaveValue(text);
    await expect(tab.notices).toHaveCount(0);
    await expect(tab.entries).toHaveCount(0);

    await tab.download(HASH);
    await tab.expectState(HASH, "metadata");
    await expect(tab.linkBox).toHaveValue("");
    await expect(tab.linkBox).toHaveAttribute("aria-invalid", "false");
  });
}

test("10 MB of text in the box is too long for a link", async ({ tracker, context }) => {
  const tab = await openTab(context, tracker.url);
  // Set inside the page: otherwise the text would travel through the test's own connection.
  await tab.linkBox.evaluate((box: HTMLInputElement, text) => {
    box.value = text.repeat(10_000_000 / text.length);
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, TEXT);
  await tab.page.getByRole("button", { name: "Download", exact: true }).click();
  await expect(tab.page.getByText(`That text is too long for a link. ${WHAT_TO_PASTE}`)).toBeVisible();
  await expect(tab.entries).toHaveCount(0);
});

test("a garbage address is answered with what to paste", async ({ tracker, context }) => {
  const tab = await openTab(context, `${tracker.url}#magnet:?xt=urn:btih:%E0%A4%A`);
  await expect(tab.alert).toContainText(WHAT_TO_PASTE);
  await expect(tab.entries).toHaveCount(0);
});

test("a truncated .torrent file is reported as such, wherever it is cut", async ({
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

test("10 MB of text is not taken for a .torrent file", async ({ tracker, folder, context }) => {
  const tab = await openTab(context, tracker.url);
  await tab.share(await writtenFile(folder, "text.torrent", TEXT.repeat((10 * MIB) / TEXT.length)));
  await expect(tab.alert).toContainText("This is not a whole torrent (");
  await expect(tab.entries).toHaveCount(0);
});

test("the page waits for an info-hash that nobody has", async ({ tracker, context }) => {
  const tab = await openTab(context, tracker.url);
  await tab.download(HASH);
  await tab.expectState(HASH, "metadata");
  await expect(tab.entry(HASH)).toContainText(
    "Nobody with this file is online. Keep this page open: the download starts when somebody comes online.",
  );
});

/** A .torrent of two small files, and of `others` between them. */
function oddTorrent(name: string | Buffer, others: readonly Encodable[] = []): Buffer {
  const file = (path: string): Encodable =>
    new Map<string, Encodable>([
      ["length", 6],
      ["path", [path]],
    ]);
  const info = new Map<string, Encodable>([
    ["files", [file("a.txt"), ...others, file("b.txt")]],
    ["name", name],
    ["piece length", 16_384],
    ["pieces", Buffer.alloc(20)],
  ]);
  return Buffer.from(
    encodeBencode(
      new Map<string, Encodable>([
        ["encoding", "GBK"],
        ["info", info],
      ]),
    ),
  );
}

test("names are shown without characters that deceive, flood or hide, on the card and in the tab's title", async ({
  tracker,
  folder,
  context,
}) => {
  const tab = await openTab(context, tracker.url);
  await tab.share(await writtenFile(folder, "1.torrent", oddTorrent("photo\u202egpj\u200b.exe")));
  await tab.expectState("photogpj.exe", "downloading");
  await expect(tab.page).toHaveTitle("0% · photogpj.exe · Tabswarm");

  await tab.share(await writtenFile(folder, "2.torrent", oddTorrent(`flood${"\u0301".repeat(49_000)}`)));
  await tab.expectState("flood", "downloading");
  const title = await tab.entry("flood").getByRole("heading", { level: 3 }).textContent();
  expect(title?.length).toBeLessThan(10);
  await expect(tab.entry("flood").getByLabel("Magnet link")).toHaveValue(/^.{0,800}$/);
});

test("an odd .torrent is accepted with a note on what was ignored, and its names outlive a reload", async ({
  tracker,
  folder,
  context,
}) => {
  const link = new Map<string, Encodable>([
    ["attr", "l"],
    ["path", ["link"]],
    ["symlink path", ["a.txt"]],
  ]);
  const torrent = oddTorrent(Buffer.from([0xd6, 0xd0, 0xce, 0xc4]), [link]);
  const tab = await openTab(context, tracker.url);
  await tab.share(await writtenFile(folder, "odd.torrent", Buffer.concat([torrent, Buffer.from("\n")])));
  await tab.expectState("中文", "downloading");
  await expect(tab.page.getByRole("status")).toContainText([
    "odd.torrent was opened. Please note: 1 trailing byte was ignored. 1 symbolic link in it is neither saved nor shared.",
  ]);
  await tab.reload();
  await tab.expectState("中文", "downloading");
  await tab.details("中文", /file/);
  await expect(tab.entry("中文")).toContainText("1 symbolic link left out.");
  await expect(tab.entry("中文").getByRole("listitem").filter({ hasText: ".txt" })).toHaveCount(2);
});

test("a page that cannot load the code for a .torrent says so", async ({ tracker, folder, context }) => {
  await context.route(/\/metainfo-.*\.js$/, (route) => route.abort());
  const tab = await openTab(context, tracker.url);
  await tab.share(await writtenFile(folder, "a.torrent", oddTorrent("a")));
  await expect(tab.alert).toContainText("The page could not load a part of itself.");
  await expect(tab.entries).toHaveCount(0);
});
