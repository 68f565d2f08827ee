import { expect, test } from "vitest";
import { TORRENTS_PER_SWEEP_PORTION } from "../limits/catalog.ts";
import { DAY, openCatalog, SOMEBODY, torrentFile } from "./catalog.test-support.ts";
import { CatalogSweep } from "./sweep.ts";

/** A catalog with an entry, and its sweep. */
async function published(options: Parameters<typeof openCatalog>[0] = {}) {
  const opened = openCatalog(options);
  const sweep = new CatalogSweep(opened.options);
  const { entry } = await opened.catalog.publish(torrentFile(), "", SOMEBODY);
  const { infoHash } = entry.record;
  return { ...opened, sweep, infoHash, record: () => opened.store.torrent(infoHash) };
}

test("a look notes seeders, when they were there last, and that they have left", async () => {
  const { sweep, swarms, infoHash, record, pass, now } = await published();
  await sweep.look();
  expect(await record()).toMatchObject({ seeders: 0 });
  expect((await record())?.lastSeededAt).toBeUndefined();
  swarms.set(infoHash, { seeders: 2 });
  await sweep.look();
  const seenAt = now();
  expect(await record()).toMatchObject({ seeders: 2, lastSeededAt: seenAt });
  pass(60_000);
  await sweep.look();
  expect(await record()).toMatchObject({ seeders: 2, lastSeededAt: seenAt }); // Not worth a write.
  pass(10 * 60_000);
  await sweep.look();
  const seenLater = now();
  expect(await record()).toMatchObject({ seeders: 2, lastSeededAt: seenLater });
  pass(60_000);
  swarms.clear();
  await sweep.look();
  expect(await record()).toMatchObject({ seeders: 0, lastSeededAt: seenLater });
});

test("an entry that nobody has seeded for its time is removed, and one that is seeded stays", async () => {
  const { sweep, swarms, infoHash, record, pass } = await published();
  pass(30 * DAY - 1);
  expect(await sweep.look()).toBe(0);
  swarms.set(infoHash, { seeders: 1 });
  pass(DAY);
  expect(await sweep.look()).toBe(0);
  swarms.clear();
  pass(30 * DAY - 1);
  expect(await sweep.look()).toBe(0);
  pass(1);
  expect(await sweep.look()).toBe(1);
  expect(await record()).toBeUndefined();
});

test("a tracker that was down for long removes nothing on its first day", async () => {
  const { options, record, pass } = await published();
  pass(100 * DAY);
  const restarted = new CatalogSweep(options);
  expect(await restarted.look()).toBe(0);
  pass(DAY - 1);
  expect(await restarted.look()).toBe(0);
  pass(1);
  expect(await restarted.look()).toBe(1);
  expect(await record()).toBeUndefined();
});

test("an entry that the tracker no longer serves is removed", async () => {
  let isAllowed = true;
  const { sweep, record } = await published({ isAllowed: () => isAllowed });
  isAllowed = false;
  expect(await sweep.look()).toBe(1);
  expect(await record()).toBeUndefined();
});

test("a look lets others have their turn between its portions, and reaches all entries", async () => {
  const { store, catalog, options } = openCatalog();
  const sweep = new CatalogSweep(options);
  const count = 2 * TORRENTS_PER_SWEEP_PORTION + 1;
  for (let number = 0; number < count; number++)
    await catalog.publish(torrentFile({ name: `t${number}` }), "", SOMEBODY);
  const portions: number[] = [];
  let turns = 0;
  const counting = {
    ...options,
    counts: async (hashes: readonly unknown[]) => {
      portions.push(hashes.length);
      setImmediate(() => turns++);
      return hashes.map(() => ({ seeders: 1, leechers: 0, downloaded: 0 }));
    },
  };
  await new CatalogSweep(counting).look();
  expect(portions).toEqual([TORRENTS_PER_SWEEP_PORTION, TORRENTS_PER_SWEEP_PORTION, 1]);
  expect(turns).toBeGreaterThanOrEqual(2);
  const { items } = await store.searchTorrents({
    text: "",
    order: "seeders",
    limit: count,
    cursor: undefined,
  });
  expect(items.every(({ seeders }) => seeders === 1)).toBe(true);
  await sweep.look();
  expect(
    (await store.searchTorrents({ text: "", order: "seeders", limit: 1, cursor: undefined })).items[0]
      ?.seeders,
  ).toBe(0);
});
