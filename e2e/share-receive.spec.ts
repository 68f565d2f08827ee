import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { encodeMetainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import { readWebSeeds } from "#shared/meta/web-seeds.ts";
import { MIB, randomFile, sha256, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { serveFolder } from "./static-server.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";
const OWN = "own.bin";

test("after sharing, the whole link and its QR code are in view; More has the rest", async ({
  tracker,
  folder,
  context,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, MIB));
  const own = seeder.entry(NAME);
  const link = own.getByLabel("Share link");
  for (const shown of [link, own.getByRole("img", { name: "QR code" })])
    await expect(shown).toBeInViewport({ ratio: 1 });
  expect(await link.evaluate((box) => box.scrollHeight <= box.clientHeight)).toBe(true);

  await seeder.press(NAME, "More");
  await expect(own.getByLabel("Info-hash")).toHaveValue(await seeder.infoHash(NAME));
  const saving = seeder.page.waitForEvent("download");
  await seeder.press(NAME, "Export .torrent file");
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe(`${NAME}.torrent`);
  const torrent = await readFile(await saved.path());
  const { info, trackerTiers } = parseMetainfo(torrent);
  expect(info.name).toBe(NAME);
  expect(trackerTiers.flat()).toContain(`${tracker.url.replace("http", "ws")}`);

  const other = await openTab(context, tracker.url);
  await other.share(await writtenFile(folder, "saved.torrent", torrent));
  await other.expectState(NAME, "seeding");
});

test("a guest on a phone has the download first and Save in view, and reads that it is complete and saved", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const guest = await openTab(await newPerson(), tracker.url);
  await guest.page.setViewportSize({ width: 360, height: 740 });
  await guest.open(await seeder.shareLink(NAME));
  await guest.expectState(NAME, "seeding");
  const entry = guest.entry(NAME);
  const save = entry.getByRole("button", { name: "Save", exact: true });
  await expect(save).toBeInViewport({ ratio: 1 });
  const [card, panel] = await Promise.all([
    entry.boundingBox(),
    guest.page.getByText("Choose files").boundingBox(),
  ]);
  expect(card?.y).toBeLessThan(panel?.y ?? 0);
  await expect(entry.getByText("Complete", { exact: true })).toBeVisible();
  expect(await sha256(await guest.save(NAME))).toBe(await sha256(path));
  await expect(entry.getByText(/^Saved\./)).toBeVisible();
  await guest.reload();
  await expect(guest.entry(NAME).getByText(/^Saved\./)).toBeVisible();
});

test("on a metered connection a download waits for its button, over a reload, too, and what only sends rests until the connection is another one or the person resumes it; what is shared now does not", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 2_500_000));
  const person = await newPerson();
  await person.addInitScript(() =>
    Object.defineProperty(navigator, "connection", {
      value: Object.assign(new EventTarget(), { saveData: true }),
    }),
  );
  const guest = await openTab(person, await seeder.shareLink(NAME));
  await guest.expectState(NAME, "paused");
  await guest.reload();
  await guest.expectState(NAME, "paused");
  expect(await guest.storedPieces()).toEqual([]);
  await guest.press(NAME, "Start (2.5 MB)");
  const rests = guest.page.getByText("Your connection may cost money for each byte, so others get nothing");
  await expect(guest.entry(NAME).getByText("Complete", { exact: true })).toBeVisible();
  await expect(guest.entry(NAME).filter({ has: rests })).toHaveAttribute("data-state", "paused");
  await expect(guest.page.getByText(/the link works/i)).toHaveCount(0);
  await guest.share(await randomFile(folder, OWN, MIB));
  await guest.expectState(OWN, "seeding"); // Whoever shares now wants it to go out.

  const become = (saveData: boolean): Promise<void> =>
    guest.page.evaluate((saves) => {
      const { connection } = navigator as unknown as { connection: EventTarget & { saveData: boolean } };
      connection.saveData = saves;
      connection.dispatchEvent(new Event("change"));
    }, saveData);
  await become(false);
  await guest.expectState(NAME, "seeding");
  await become(true);
  await guest.expectState(NAME, "paused");
  await guest.press(NAME, "Resume");
  await guest.expectState(NAME, "seeding");
  await expect(rests).toHaveCount(0);
});

test("whoever wants to be asked is asked before each download, also after a reload", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 2_500_000));
  const guest = await openTab(await newPerson(), tracker.url);
  await guest.page.getByRole("button", { name: "Settings" }).click();
  await guest.page.getByLabel("Ask me before a download starts").check();
  await guest.page.getByRole("button", { name: "Done" }).click();
  await guest.reload();
  await guest.download(await seeder.magnetLink(NAME));
  await guest.expectState(NAME, "paused");
  await expect(guest.entry(NAME).getByText("as you chose in the settings")).toBeVisible();
  expect(await guest.storedPieces()).toEqual([]);
  await guest.press(NAME, "Start (2.5 MB)");
  await guest.expectState(NAME, "seeding");
});

test("a download of more than 1 GiB waits for its button", async ({ tracker, folder, context }) => {
  const plan = planTorrent([{ path: "large.bin", bytes: 1.5e9 }]);
  const infoBytes = encodeInfo(plan, new Uint8Array(plan.layout.pieceCount * 20), false);
  const torrent = Buffer.from(encodeMetainfo({ infoBytes, trackerTiers: [] }));
  const tab = await openTab(context, tracker.url);
  await tab.share(await writtenFile(folder, "large.torrent", torrent));
  await tab.expectState("large.bin", "paused");
  await tab.press("large.bin", "Start (1.5 GB)");
  await tab.expectState("large.bin", "downloading");
});

test("a page downloads from a web seed, without any peer, and its details say what came from there", async ({
  tracker,
  folder,
  context,
}) => {
  const film = await randomFile(folder, NAME, 2_500_000);
  const server = await serveFolder(folder);
  const plan = planTorrent([{ path: NAME, bytes: 2_500_000 }]);
  const bytes = await readFile(film);
  const { pieceLength, pieceCount } = plan.layout;
  const hashes = Array.from({ length: pieceCount }, (_, at) =>
    createHash("sha1")
      .update(bytes.subarray(at * pieceLength, (at + 1) * pieceLength))
      .digest(),
  );
  const infoBytes = encodeInfo(plan, Buffer.concat(hashes), false);
  const { webSeeds } = readWebSeeds([server.url.replace("127.0.0.1", new URL(tracker.url).hostname)]);
  const tab = await openTab(context, tracker.url);
  await tab.share(
    await writtenFile(
      folder,
      "film.torrent",
      Buffer.from(encodeMetainfo({ infoBytes, trackerTiers: [], webSeeds })),
    ),
  );
  await tab.details(NAME, /tracker/);
  await expect(tab.entry(NAME).getByRole("list", { name: "Web seeds" })).toContainText("2.5 MB so far.");
  await tab.expectState(NAME, "seeding");
  server.close();
});
