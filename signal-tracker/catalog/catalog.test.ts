import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encodeBencode } from "#shared/base/bencode.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { FOLDER, file, hashes, info, ONE_FILE } from "#shared/meta/info.test-support.ts";
import { testInfoHash } from "../core/tracker.test-support.ts";
import {
  MAX_ENTRY_FILES,
  MAX_LISTED_FILES,
  MAX_SEARCH_TEXT_CHARACTERS,
  MEMORY_CATALOG_LIMITS,
} from "../limits/catalog.ts";
import { testAccount } from "../store/records.test-support.ts";
import { DAY, loggedIn, openCatalog, SOMEBODY, torrentFile } from "./catalog.test-support.ts";

const ALL = { text: "", order: "newest", limit: 100, cursor: undefined } as const;
const refused = (code: string) => expect.objectContaining({ name: "CatalogRefusal", code });

test("what is published is found, opened and handed out with its exact info dictionary", async () => {
  const { catalog, now } = openCatalog();
  const infoBytes = info(FOLDER);
  const { entry } = await catalog.publish(torrentFile({}, FOLDER), "Ảnh cưới\nở Huế", SOMEBODY);
  const infoHash = createHash("sha1").update(infoBytes).digest("hex");
  expect(entry.record).toMatchObject({
    infoHash,
    name: "Ảnh",
    description: "Ảnh cưới ở Huế",
    bytes: 20_005,
    fileCount: 3,
    publishedAt: now(),
  });
  for (const text of ["anh", "HUE", "1.jpg", "cuoi anh"])
    expect((await catalog.list({ ...ALL, text })).items, text).toHaveLength(1);
  expect((await catalog.list({ ...ALL, text: "cuoi hanoi" })).items).toEqual([]);
  const opened = await catalog.open(entry.record.infoHash, SOMEBODY);
  expect(opened).toMatchObject({ pieceBytes: 16_384, pieceCount: 2, canUnpublish: false });
  expect(opened.files).toEqual([
    { path: "b/1.jpg", bytes: 20_000 },
    { path: "empty", bytes: 0 },
    { path: "😀", bytes: 5 },
  ]);
  expect((await catalog.infoOf(entry.record.infoHash)).infoBytes).toEqual(infoBytes);
});

test("names and descriptions cannot change how what is around them looks", async () => {
  const { catalog } = openCatalog();
  const file = torrentFile({ name: "a\u202egpj.exe\u001b[2J" });
  const { entry } = await catalog.publish(file, "<b>x</b>\u0007 y\u200b", SOMEBODY);
  expect(entry.record).toMatchObject({ name: "agpj.exe [2J", description: "<b>x</b> y" });
});

test("of very many files the first are listed, with names that are safe to show", async () => {
  const { catalog } = openCatalog();
  const files = Array.from({ length: MAX_LISTED_FILES + 1 }, (_, index) => file(20, `a\u202eb ${index}`));
  const { entry } = await catalog.publish(torrentFile({ files }, FOLDER), "", SOMEBODY);
  const opened = await catalog.open(entry.record.infoHash, SOMEBODY);
  expect(opened.record.fileCount).toBe(MAX_LISTED_FILES + 1);
  expect(opened.files).toHaveLength(MAX_LISTED_FILES);
  expect(opened.files[0]?.path).toBe("ab 0");
});

test("file names in an old encoding are read as the torrent says", async () => {
  const { catalog } = openCatalog();
  const gbk = { name: Uint8Array.of(0xd6, 0xd0, 0xce, 0xc4) };
  const bytes = encodeBencode(
    new Map<string, Uint8Array | string | { encoded: Uint8Array }>([
      ["encoding", "GBK"],
      ["info", { encoded: info(ONE_FILE, gbk) }],
    ]),
  );
  const { entry } = await catalog.publish(bytes, "", SOMEBODY);
  expect(entry.record).toMatchObject({ name: "中文", encoding: "GBK" });
  expect((await catalog.open(entry.record.infoHash, SOMEBODY)).files[0]?.path).toBe("中文");
});

describe("a .torrent that lies is refused", () => {
  test.each([
    ["no torrent", new TextEncoder().encode("<html>"), ProtocolError],
    ["nothing", new Uint8Array(), ProtocolError],
    ["fewer hashes than its size needs", torrentFile({ length: 10 ** 12 }), ProtocolError],
    ["a negative size", torrentFile({ length: -1 }), ProtocolError],
    ["an impossible piece length", torrentFile({ "piece length": 0 }), ProtocolError],
    [
      "version 2 only",
      torrentFile({}, { name: "x", "meta version": 2, "piece length": 16_384 }),
      ProtocolError,
    ],
  ])("%s", async (_, bytes, error) => {
    const { catalog } = openCatalog();
    await expect(catalog.publish(bytes, "", SOMEBODY)).rejects.toThrow(error);
    expect((await catalog.list(ALL)).items).toEqual([]);
  });

  test("too many files, metadata that is too large, a long description", async () => {
    const { catalog } = openCatalog();
    const files = Array.from({ length: MAX_ENTRY_FILES + 1 }, (_, index) => file(0, `${index}`));
    const many = torrentFile({ files: [...files, file(20_000, "content")] }, FOLDER);
    await expect(catalog.publish(many, "", SOMEBODY)).rejects.toEqual(refused("torrentTooLarge"));
    const large = torrentFile({ pieces: hashes(250_000), length: 250_000 * 16_384 });
    await expect(catalog.publish(large, "", SOMEBODY)).rejects.toEqual(refused("torrentTooLarge"));
    const long = "x".repeat(1_001);
    await expect(catalog.publish(torrentFile(), long, SOMEBODY)).rejects.toEqual(
      refused("descriptionTooLong"),
    );
  });
});

test("only so much of many long file names is searched", async () => {
  const { catalog } = openCatalog();
  const files = Array.from({ length: 1_000 }, (_, index) => file(30, `${"ﷺ".repeat(30)} ${index}`));
  const { entry } = await catalog.publish(torrentFile({ files }, FOLDER), "", SOMEBODY);
  expect(entry.record.searchText.length).toBeLessThanOrEqual(MAX_SEARCH_TEXT_CHARACTERS);
  expect((await catalog.list({ ...ALL, text: "anh" })).items).toHaveLength(1);
});

test("without accounts only the owner key unpublishes, and it is shown once", async () => {
  const { catalog, store } = openCatalog();
  const { entry, ownerKey } = await catalog.publish(torrentFile(), "", SOMEBODY);
  const { infoHash } = entry.record;
  expect(ownerKey).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify(await store.torrent(infoHash))).not.toContain(ownerKey);
  for (const wrong of [undefined, "", `${ownerKey}x`])
    await expect(catalog.unpublish(infoHash, { ...SOMEBODY, ownerKey: wrong })).rejects.toEqual(
      refused("notYours"),
    );
  expect((await catalog.open(infoHash, { ...SOMEBODY, ownerKey })).canUnpublish).toBe(true);
  await catalog.unpublish(infoHash, { ...SOMEBODY, ownerKey });
  await expect(catalog.open(infoHash, SOMEBODY)).rejects.toEqual(refused("noSuchTorrent"));
  await expect(catalog.unpublish(infoHash, { ...SOMEBODY, ownerKey })).rejects.toEqual(
    refused("noSuchTorrent"),
  );
  expect((await catalog.list(ALL)).items).toEqual([]);
});

test("with accounts the owner and administrators unpublish, and there is no owner key", async () => {
  const { catalog, store } = openCatalog();
  const [anna, other] = [testAccount("Anna"), testAccount("other")];
  const admin = testAccount("admin", { isAdmin: true });
  for (const account of [anna, other, admin]) await store.addAccount(account);
  for (const remover of [anna, admin]) {
    const { entry, ownerKey } = await catalog.publish(torrentFile(), "", loggedIn(anna));
    expect(ownerKey).toBeUndefined();
    expect(entry.publishedBy).toBe("Anna");
    const { infoHash } = entry.record;
    expect((await catalog.open(infoHash, loggedIn(other))).canUnpublish).toBe(false);
    await expect(catalog.unpublish(infoHash, loggedIn(other))).rejects.toEqual(refused("notYours"));
    await expect(catalog.unpublish(infoHash, SOMEBODY)).rejects.toEqual(refused("notYours"));
    expect((await catalog.open(infoHash, loggedIn(remover))).canUnpublish).toBe(true);
    await catalog.unpublish(infoHash, loggedIn(remover));
  }
});

test("a torrent that is there already is not published again", async () => {
  const { catalog } = openCatalog();
  await catalog.publish(torrentFile(), "first", SOMEBODY);
  await expect(catalog.publish(torrentFile(), "second", SOMEBODY)).rejects.toEqual(
    refused("alreadyPublished"),
  );
  expect((await catalog.list(ALL)).items[0]?.record.description).toBe("first");
});

test("one publisher does not get what belongs to all, however many publications come at once", async () => {
  const limits = { ...MEMORY_CATALOG_LIMITS, maxTorrentsPerPublisher: 2, maxTorrents: 3 };
  const { catalog } = openCatalog({ limits });
  const publish = (number: number, network?: string) =>
    catalog.publish(torrentFile({ name: `t${number}` }), "", { ...SOMEBODY, network }).then(
      () => "published",
      ({ code }) => code,
    );
  const first = await Promise.all([1, 2, 3, 4].map((number) => publish(number, "a")));
  expect(first).toEqual(["published", "published", "tooManyTorrents", "tooManyTorrents"]);
  expect(await publish(5, "b")).toBe("published");
  expect(await publish(6, "b")).toBe("catalogFull");
  expect(await publish(7)).toBe("catalogFull");
});

test("bytes of metadata are limited as well, for each and for all", async () => {
  const bytes = info(ONE_FILE).length;
  const limits = {
    ...MEMORY_CATALOG_LIMITS,
    maxInfoBytesPerPublisher: 2 * bytes - 1,
    maxInfoBytes: 3 * bytes - 1,
  };
  const { catalog } = openCatalog({ limits });
  const publish = (name: string, network: string) =>
    catalog.publish(torrentFile({ name }), "", { ...SOMEBODY, network });
  await publish("a.txt", "a");
  await expect(publish("b.txt", "a")).rejects.toEqual(refused("tooManyTorrents"));
  await publish("b.txt", "b");
  await expect(publish("c.txt", "c")).rejects.toEqual(refused("catalogFull"));
});

test("an entry says who is there now, and when it will be removed once nobody has seeded it for a day", async () => {
  const { catalog, swarms, pass, now } = openCatalog();
  const { entry } = await catalog.publish(torrentFile(), "", SOMEBODY);
  const { infoHash, publishedAt } = entry.record;
  const current = async () => (await catalog.list(ALL)).items[0];
  expect(await current()).toMatchObject({ lastSeededAt: undefined, goesAt: undefined });
  pass(DAY);
  expect((await current())?.goesAt).toBe(publishedAt + 30 * DAY);
  swarms.set(infoHash, { seeders: 2, leechers: 5 });
  expect(await current()).toMatchObject({
    counts: { seeders: 2, leechers: 5 },
    lastSeededAt: now(),
    goesAt: undefined,
  });
});

test("a torrent that the tracker does not serve is neither published nor shown", async () => {
  const denied = new Set<string>();
  const { catalog } = openCatalog({ isAllowed: (infoHash) => !denied.has(infoHash) });
  const { entry } = await catalog.publish(torrentFile(), "", SOMEBODY);
  denied.add(entry.record.infoHash);
  expect((await catalog.list(ALL)).items).toEqual([]);
  await expect(catalog.open(entry.record.infoHash, SOMEBODY)).rejects.toEqual(refused("noSuchTorrent"));
  await expect(catalog.infoOf(entry.record.infoHash)).rejects.toEqual(refused("noSuchTorrent"));
  await expect(catalog.publish(torrentFile(), "", SOMEBODY)).rejects.toEqual(refused("torrentNotAllowed"));
});

test("a search of many words and a foreign cursor are refused in words", async () => {
  const { catalog } = openCatalog();
  const words = Array.from({ length: 13 }, (_, index) => `w${index}`).join(" ");
  await expect(catalog.list({ ...ALL, text: words })).rejects.toEqual(refused("searchTooLong"));
  await catalog.list({ ...ALL, text: "the the ".repeat(20) });
  await expect(catalog.list({ ...ALL, cursor: "x" })).rejects.toEqual(refused("malformedCursor"));
  await expect(catalog.open(testInfoHash(1), SOMEBODY)).rejects.toEqual(refused("noSuchTorrent"));
});

test("of searches that come at once, each has a turn of the event loop to itself", async () => {
  const { catalog, store } = openCatalog();
  let turn = 0;
  const count = (): void => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const turns: number[] = [];
  const search = store.searchTorrents.bind(store);
  store.searchTorrents = (query) => {
    turns.push(turn);
    return search(query);
  };
  await Promise.all(Array.from({ length: 10 }, () => catalog.list(ALL)));
  clearImmediate(counting);
  expect(new Set(turns).size).toBe(10);
});
