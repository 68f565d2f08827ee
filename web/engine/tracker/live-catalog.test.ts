import { afterEach, beforeEach, expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { MAX_TORRENT_FILE_BYTES, parseMetainfo } from "#shared/meta/metainfo.ts";
import { ApiClient, openAccountTracker } from "#signal-tracker/accounts/accounts.test-support.ts";
import { torrentFile } from "#signal-tracker/catalog/catalog.test-support.ts";
import { browserClock } from "../browser-clock.ts";
import type { EntryKey } from "../client.ts";
import type { ApiResponse } from "./ask.ts";
import { LiveCatalog } from "./live-catalog.ts";

const LISTED = "listed" as EntryKey;

let browser: ApiClient;
let catalog: LiveCatalog;
let warnings: string[];
/** Answered instead of what the tracker says. */
let said: ApiResponse | undefined;
const cleanUps: (() => void | Promise<void>)[] = [];

beforeEach(async () => {
  const tracker = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp), { accounts: false });
  browser = new ApiClient(tracker);
  warnings = [];
  said = undefined;
  catalog = open();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** The catalog in a browser that stores nothing. */
function open(): LiveCatalog {
  return new LiveCatalog({
    send: async ({ method, path, body, token }) => {
      if (said !== undefined) return said;
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const told = await browser.send(method, `/api${path}`, body, headers);
      return { status: told.status ?? 0, body: told.body };
    },
    clock: browserClock,
    database: undefined,
    publications: [],
    metadataOf: (key) => {
      const { infoBytes } = parseMetainfo(torrentFile({ name: "listed" }));
      return key === LISTED ? { infoBytes, encoding: undefined } : undefined;
    },
    saveBlob: () => expect.fail("nothing is to be saved"),
    warn: (sentence) => void warnings.push(sentence),
  });
}

const file = (bytes: BlobPart) => new File([bytes], "x.torrent");
const refusal = (problem: RegExp, status?: number) => ({
  ok: false,
  status,
  problem: expect.stringMatching(problem),
});

test("a file that is no .torrent is refused in words before it is sent", async () => {
  said = { status: 500, body: undefined };
  expect(await catalog.publishFile(file("garbage"), "")).toEqual(refusal(/./));
  const large = Object.defineProperty(file(""), "size", { value: MAX_TORRENT_FILE_BYTES + 1 });
  expect(await catalog.publishFile(large, "")).toEqual(refusal(/too large to be a \.torrent/));
  expect(await catalog.publish("another" as EntryKey, "")).toEqual(refusal(/list of files is not here yet/));
});

test("what is published can be taken out again, and a browser that stores nothing says what that means", async () => {
  const told = await catalog.publish(LISTED, "a description");
  expect(told).toMatchObject({ ok: true, value: { name: "listed", description: "a description" } });
  const infoHash = told.ok ? told.value.infoHash : expect.fail("not published");
  expect(warnings).toEqual([expect.stringContaining("could not store the key")]);
  expect(catalog.published.value).toEqual(new Set([infoHash]));
  expect(await catalog.publish(LISTED, "")).toEqual(refusal(/in the catalog already/, 409));
  expect(await open().unpublish(infoHash)).toEqual(refusal(/Only .* published this torrent/, 403));
  expect(await catalog.details(infoHash)).toMatchObject({ value: { canUnpublish: true } });
  expect(await catalog.unpublish(infoHash)).toEqual({ ok: true, value: undefined });
  expect(catalog.published.value).toEqual(new Set());
  expect(await catalog.details(infoHash)).toEqual(refusal(/not in the catalog/, 404));
});

test("an entry that has gone meanwhile is as good as taken out; one that the tracker keeps is not", async () => {
  const told = await catalog.publish(LISTED, "");
  const infoHash = told.ok ? told.value.infoHash : expect.fail("not published");
  said = { status: 503, body: undefined };
  expect(await catalog.unpublish(infoHash)).toEqual(refusal(/status 503/, 503));
  expect(catalog.published.value).toEqual(new Set([infoHash]));
  said = { status: 404, body: undefined };
  expect(await catalog.unpublish(infoHash)).toEqual({ ok: true, value: undefined });
  expect(catalog.published.value).toEqual(new Set());
});

test("an answer that no tracker of this version gives is told in words", async () => {
  said = { status: 200, body: "<!doctype html>" };
  const hash = "0".repeat(40) as InfoHash;
  for (const told of [
    await catalog.details(hash),
    await catalog.peers(hash),
    await catalog.saveTorrentFile(hash, "x"),
    await catalog.publish(LISTED, ""),
  ])
    expect(told).toEqual(refusal(/does not understand the tracker's answer/));
});
