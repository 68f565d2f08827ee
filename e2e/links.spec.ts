import { MIB, PIECE_BYTES, randomFile, sha256, torrentOf, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { untilCounted } from "./scrape.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "đi chơi 🎈.bin";

test("all forms of a link open the same torrent, once", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const hash = await seeder.infoHash(NAME);
  const magnet = await seeder.magnetLink(NAME);
  const dn = encodeURIComponent(NAME);
  expect(await seeder.shareLink(NAME)).toBe(`${tracker.url}#${hash}&dn=${dn}`);
  expect(magnet).toContain(`xt=urn:btih:${hash}`);
  expect(magnet).toContain(`tr=${encodeURIComponent(`ws://127.0.0.1:${tracker.port}`)}`);

  const leecher = await openTab(await newPerson(), `${tracker.url}#${base32(hash)}`);
  await leecher.expectState(NAME, "seeding");
  const fragments = [
    hash.toUpperCase(),
    `${hash}&unknown=1&tr=${encodeURIComponent("wss://tracker.invalid/")}`,
    magnet,
    encodeURIComponent(magnet),
  ];
  for (const fragment of fragments) {
    await leecher.page.evaluate((text) => {
      location.hash = text;
    }, fragment);
  }
  for (const text of [magnet, hash, base32(hash), await seeder.shareLink(NAME), `  ${hash}\n`])
    await leecher.download(text);
  await expect(leecher.entries).toHaveCount(1);
  await expect(leecher.alert).toBeEmpty();
  await expect.poll(() => leecher.magnetLink(NAME)).toContain(encodeURIComponent("wss://tracker.invalid/"));
});

test("links pasted as people copy them all open, and the page says what is not one", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const names = ["one.bin", "two.bin"];
  const seeder = await openTab(context, tracker.url);
  for (const name of names) {
    await seeder.share(await randomFile(folder, name, MIB));
    await seeder.expectState(name, "seeding");
  }
  const [one, two] = [await seeder.magnetLink("one.bin"), await seeder.shareLink("two.bin")];
  const person = await newPerson();
  await person.grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = `> Here: "${one.replaceAll("&", "&amp;")}",\n> and (${two}).\n> Not magnet:?dn=x`;

  const leecher = await openTab(person, tracker.url);
  await leecher.page.evaluate((text) => navigator.clipboard.writeText(text), copied);
  await leecher.page.keyboard.press("ControlOrMeta+V");
  for (const name of names) await leecher.expectState(name, "seeding");
  await expect(leecher.page.getByText("That magnet link names no torrent.")).toBeVisible();

  const second = await openTab(await newPerson(), tracker.url);
  await second.download(`${one}${two}`); // What a text box makes of two lines.
  for (const name of names) await second.expectState(name, "seeding");
});

test("a share link of another tracker's page is downloaded through that tracker", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const other = await runTracker();
  const seeder = await openSeeder(context, other.url, await randomFile(folder, NAME, MIB));
  const link = await seeder.shareLink(NAME);
  expect(link).not.toContain("tr=");
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.download(link);
  await leecher.expectState(NAME, "seeding");
  await other.stop();
});

test("a page uses its kind of tracker even after 25 others in the link, and a person may take it out and add it again", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const other = await runTracker();
  const seeder = await openSeeder(context, other.url, await randomFile(folder, NAME, MIB));
  const hash = await seeder.infoHash(NAME);
  const udp = Array.from({ length: 25 }, (_, at) => `&tr=udp://127.0.0.1:${at + 2_000}`).join("");
  const leecher = await openTab(await newPerson(), tracker.url);
  const address = other.url.replace("http", "ws");
  await leecher.download(`magnet:?xt=urn:btih:${hash}${udp}&tr=${address}`);
  await leecher.expectState(NAME, "seeding");
  await untilCounted(other.url, hash, { seeders: 2 });

  await leecher.details(NAME, /27 trackers/);
  const entry = leecher.entry(NAME);
  await entry.getByRole("button", { name: `Take out ${address}` }).click();
  await untilCounted(other.url, hash, { seeders: 1 });
  await leecher.reload();
  await leecher.details(NAME, /26 trackers/);
  await entry.getByLabel("Address of another tracker").fill(address);
  await entry.getByRole("button", { name: "Add", exact: true }).click();
  await untilCounted(other.url, hash, { seeders: 2 });
  await leecher.reload();
  await leecher.details(NAME, /27 trackers/);
  await expect(entry.getByRole("listitem").filter({ hasText: address })).toContainText("Working.");
  await other.stop();
});

test("a link put into the address of an open tab opens", async ({ tracker, folder, context, newPerson }) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, MIB));
  const leecher = await openTab(await newPerson(), tracker.url);
  await expect(leecher.entries).toHaveCount(0);
  await leecher.page.evaluate(
    (fragment) => {
      location.hash = fragment;
    },
    new URL(await seeder.shareLink(NAME)).hash,
  );
  await leecher.expectState(NAME, "seeding");
});

test("the copy buttons put both links into the clipboard", async ({ tracker, folder, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 1000));
  const clipboard = (): Promise<string> => seeder.page.evaluate(() => navigator.clipboard.readText());
  await seeder.press(NAME, "Copy link");
  await expect(seeder.entry(NAME).getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await clipboard()).toBe(await seeder.shareLink(NAME));
  await seeder.press(NAME, "More");
  await seeder.press(NAME, "Copy magnet");
  await expect.poll(clipboard).toBe(await seeder.magnetLink(NAME));
});

test("a picked .torrent file starts the download", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, "film.bin", 3 * PIECE_BYTES + 5);
  const seeder = await openSeeder(context, tracker.url, path);
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.share(await writtenFile(folder, "film.torrent", await torrentOf(path)));
  await leecher.expectState("film.bin", "seeding");
  expect(await leecher.infoHash("film.bin")).toBe(await seeder.infoHash("film.bin"));
  expect(await sha256(await leecher.save("film.bin"))).toBe(await sha256(path));
});

test("a link that selects files fetches only those", async ({ tracker, folder, context, newPerson }) => {
  const names = ["a.bin", "b.bin", "c.bin"];
  const paths = await Promise.all(names.map((name) => randomFile(folder, name, 4 * PIECE_BYTES)));
  const seeder = await openTab(context, tracker.url);
  await seeder.share(...paths);
  const name = "a.bin and 2 more";
  await seeder.expectState(name, "seeding");

  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.download(`${await seeder.magnetLink(name)}&so=1`);
  await leecher.expectState(name, "seeding");
  expect((await leecher.storedPieces()).map(([, piece]) => piece)).toEqual([4, 5, 6, 7]);
});

/** Encodes 40 hex digits as base32 (RFC 4648). */
function base32(hash: string): string {
  const bits = BigInt(`0x${hash}`).toString(2).padStart(160, "0");
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return (bits.match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join("");
}
