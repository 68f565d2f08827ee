import { eventually } from "#shared/base/eventually.test-support.ts";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry } from "./client.ts";
import { type Database, dropRecord, keepRecord, openDatabase } from "./database.ts";
import { fakeTorrent } from "./fake-scenes.ts";
import { newRecord } from "./item.ts";
import { pageLoad, TAB } from "./page-load.test-support.ts";
import { LOW_BATTERY, watchRestReason } from "./resting.ts";

const WHOLE = fakeTorrent(1, { name: "film", bytesTotal: 100 });
const HALF = fakeTorrent(2, { name: "song", bytesTotal: 100, bytesDone: 50, phase: "downloading" });

/** A part of the browser that tells of changes. */
function telling<Facts extends object>(facts: Facts) {
  const target = Object.assign(new EventTarget(), facts);
  const tell = (type: string, change: Partial<Facts>): void => {
    Object.assign(target, change);
    target.dispatchEvent(new Event(type));
  };
  return { target, tell };
}

afterEach(() => vi.unstubAllGlobals());

test("a connection that may cost money is a reason to rest for as long as it is there", () => {
  const { target, tell } = telling({ saveData: false, type: "wifi" });
  vi.stubGlobal("navigator", { connection: target });
  const changed = vi.fn();
  const reason = watchRestReason(changed);
  expect(reason()).toBeUndefined();
  tell("change", { type: "cellular" });
  expect([reason(), changed.mock.calls.length]).toEqual(["metered", 1]);
  tell("change", { type: "wifi" });
  expect([reason(), changed.mock.calls.length]).toEqual([undefined, 2]);
  tell("change", { saveData: true });
  expect(reason()).toBe("metered");
});

test("a battery below its limit is a reason until it is charging", async () => {
  const { target, tell } = telling({ level: LOW_BATTERY, charging: false });
  vi.stubGlobal("navigator", { getBattery: async () => target });
  const changed = vi.fn();
  const reason = watchRestReason(changed);
  await eventually(() => expect(changed).toHaveBeenCalledTimes(1));
  expect(reason()).toBeUndefined();
  tell("levelchange", { level: LOW_BATTERY - 0.01 });
  expect([reason(), changed.mock.calls.length]).toEqual(["battery", 2]);
  tell("chargingchange", { charging: true });
  expect([reason(), changed.mock.calls.length]).toEqual([undefined, 3]);
});

test.each([
  ["tells nothing", {}],
  [
    "does not let the page ask",
    { getBattery: () => Promise.reject(new DOMException("no", "NotAllowedError")) },
  ],
  ["tells what is no level", { getBattery: async () => telling({ level: "low", charging: false }).target }],
])("a browser that %s gives no reason", async (_, browser) => {
  vi.stubGlobal("navigator", browser);
  const reason = watchRestReason(() => {});
  await new Promise(setImmediate);
  expect(reason()).toBeUndefined();
});

let database: Database;
beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
  for (const { infoHash, name } of [WHOLE, HALF])
    await keepRecord(
      database,
      TAB.id,
      newRecord({ infoHash, displayName: name, infoBytes: undefined }, { type: "stored", storageId: name }),
    );
});
afterEach(() => database.close());

async function page() {
  const { torrents, show, fed } = await pageLoad(database, [WHOLE, HALF]);
  const of = ({ infoHash }: TorrentView): Exclude<Entry, { state: "hashing" }> => {
    const found = torrents
      .entries()
      .find((entry) => entry.state !== "hashing" && entry.infoHash === infoHash);
    if (found === undefined || found.state === "hashing") throw new Error("it is not in the list");
    return found;
  };
  return { torrents, show, fed, of };
}

test("what is complete rests and comes back by itself, a download goes on, and no record is paused", async () => {
  const { torrents, of } = await page();
  torrents.rest("metered");
  expect(of(WHOLE)).toMatchObject({ state: "paused", restsBecause: "metered" });
  expect(of(HALF)).toMatchObject({ state: "downloading" });
  torrents.rest("battery");
  expect(of(WHOLE)).toMatchObject({ state: "paused", restsBecause: "battery" });
  expect((await page()).of(WHOLE).state).toBe("seeding"); // As the next page load finds it.
  torrents.rest(undefined);
  expect(of(WHOLE).state).toBe("seeding");
  expect(of(WHOLE)).not.toHaveProperty("restsBecause");
});

test("a download rests once it is complete, and goes on when the person wants more of it", async () => {
  const { torrents, show, of } = await page();
  torrents.rest("metered");
  show(HALF.infoHash, { phase: "seeding", bytesDone: 100 });
  torrents.rest("metered");
  expect(of(HALF)).toMatchObject({ state: "paused", restsBecause: "metered" });
  show(HALF.infoHash, { bytesTotal: 200 });
  torrents.rest("metered");
  expect(of(HALF).state).toBe("downloading");
});

test("what the person resumes shares on, also when the reason comes again", async () => {
  const { torrents, of } = await page();
  torrents.rest("metered");
  await torrents.resume(of(WHOLE).key);
  torrents.rest("metered");
  expect(of(WHOLE).state).toBe("seeding");
  torrents.rest(undefined);
  torrents.rest("battery");
  expect(of(WHOLE).state).toBe("seeding");
});

test("what the person shares while there is a reason does not rest", async () => {
  const words = { path: "words.txt", file: new File(["words"], "words.txt") };
  const { infoHash } = await (await page()).torrents.share([words], false, () => {});
  await dropRecord(database, TAB.id, infoHash);
  const { torrents, fed } = await pageLoad(database, [WHOLE, HALF, { ...WHOLE, infoHash }]);
  torrents.rest("metered");
  await torrents.share([words], false, () => {});
  torrents.rest("metered");
  const paused = fed.flatMap((input) => (input.type === "torrentPaused" ? input.infoHash : []));
  expect(paused).toEqual([WHOLE.infoHash]);
});

test("what the person has paused stays paused when the reason is gone, and rests for no reason", async () => {
  const { torrents, of } = await page();
  await torrents.pause(of(WHOLE).key);
  torrents.rest("metered");
  expect(of(WHOLE)).not.toHaveProperty("restsBecause");
  torrents.rest(undefined);
  expect(of(WHOLE).state).toBe("paused");
});

test("one that was resumed while nothing spoke against it rests like any other", async () => {
  const { torrents, of } = await page();
  await torrents.pause(of(WHOLE).key);
  await torrents.resume(of(WHOLE).key);
  torrents.rest("metered");
  expect(of(WHOLE)).toMatchObject({ state: "paused", restsBecause: "metered" });
});
