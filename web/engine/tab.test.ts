import { eventually } from "#shared/base/eventually.test-support.ts";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { type Database, keepRecord, openDatabase, type TorrentRecord, tabRecords } from "./database.ts";
import { lasting } from "./lasting.test-support.ts";
import { PieceStore } from "./piece-store.ts";
import { openTab, type Tab } from "./tab.ts";

/** All open channels, so that a test can make a tab deaf, as a crash or a freeze does. */
let channels: BroadcastChannel[] = [];
let database: Database;

beforeEach(async () => {
  channels = [];
  vi.stubGlobal(
    "BroadcastChannel",
    class extends BroadcastChannel {
      constructor(name: string) {
        super(name);
        channels.push(this);
      }
    },
  );
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  for (const channel of channels) channel.close();
  database.close();
  vi.unstubAllGlobals();
});

test("a reload keeps the id and the torrents", async () => {
  const session = newSession();
  const before = await open(session);
  await keep(before.tab, record(1));
  before.tab.leave();

  const after = await open(session);
  expect(after.tab.id).toBe(before.tab.id);
  expect(await hashes(after.tab)).toEqual([hash(1)]);
});

test("a normal reload asks no other tab and does not wait", async () => {
  const session = newSession();
  const { tab } = await open(session);
  await keep(tab, record(1));
  tab.leave();

  const wait = vi.spyOn(globalThis, "setTimeout");
  const after = await open(session);
  expect(wait.mock.calls.filter(([, millis]) => millis === 500)).toEqual([]);
  wait.mockRestore();
  expect(after.tab.id).toBe(tab.id);
});

test("a duplicated tab takes a new id, and the original keeps its torrents", async () => {
  const session = newSession();
  const { tab, taken } = await open(session);
  await keep(tab, record(1));

  const copy = await open(new Map(session));
  expect(copy.tab.id).not.toBe(tab.id);
  expect(await hashes(copy.tab)).toEqual([]);
  expect(await hashes(tab)).toEqual([hash(1)]);
  expect(taken).not.toHaveBeenCalled();
});

test("a copy of a reopened tab takes a new id", async () => {
  const session = newSession();
  (await open(session)).tab.leave();
  const { tab } = await open(session);

  const copy = await open(new Map(session));
  expect(copy.tab.id).not.toBe(tab.id);
});

test("a new tab adopts the torrents of a closed tab, but not of a living one", async () => {
  const living = await open(newSession());
  await keep(living.tab, record(1));
  const gone = await open(newSession());
  await keep(gone.tab, record(2));
  gone.tab.leave();

  const heir = await open(newSession());
  expect(await hashes(heir.tab)).toEqual([hash(2)]);
  expect(await hashes(living.tab)).toEqual([hash(1)]);
});

test("a tab that cannot answer in time, but whose lock says that it lives, keeps its torrents", async () => {
  const busy = await open(newSession());
  await keep(busy.tab, record(1));
  freeze();
  const query = async () => ({ held: [{ name: `tabswarm.life.${busy.tab.life}` }] });
  vi.stubGlobal("navigator", { locks: { query, request: async () => {} } });
  const other = await open(newSession());
  expect(await hashes(other.tab)).toEqual([]);
  expect(await hashes(busy.tab)).toEqual([hash(1)]);
});

test("if two tabs start at once, one of them adopts the torrents", async () => {
  const gone = await open(newSession());
  for (const number of [1, 2, 3]) await keep(gone.tab, record(number));
  gone.tab.leave();

  const heirs = await Promise.all([open(newSession()), open(newSession())]);
  const counts = await Promise.all(heirs.map(async ({ tab }) => (await hashes(tab)).length));
  expect(counts.sort()).toEqual([0, 3]);
});

test("if two copies of a closed tab start at once, one of them gets its id", async () => {
  const session = newSession();
  const original = await open(session);
  await keep(original.tab, record(1));
  crash();

  const copies = await Promise.all([open(new Map(session)), open(new Map(session))]);
  const ids = copies.map(({ tab }) => tab.id);
  expect(ids.filter((id) => id === original.tab.id)).toHaveLength(1);
  const all = await Promise.all(copies.map(({ tab }) => hashes(tab)));
  expect(all.flat()).toEqual([hash(1)]);
});

test("a tab that was deaf for too long learns that another tab has its torrents", async () => {
  const deaf = await open(newSession());
  await keep(deaf.tab, record(1));
  const wake = freeze();

  const heir = await open(newSession());
  expect(await hashes(heir.tab)).toEqual([hash(1)]);
  wake();
  await eventually(() => expect(deaf.taken).toHaveBeenCalled());
});

test("a tab that comes back while another one waits for its answer keeps its torrents", async () => {
  const session = newSession();
  const first = await open(session);
  await keep(first.tab, record(1));
  first.tab.leave();

  const bystander = new BroadcastChannel("tabswarm.tabs");
  const hasAsked = new Promise((resolve) => {
    bystander.onmessage = resolve;
  });
  const other = open(newSession());
  await hasAsked;
  const back = await open(session);
  const { tab } = await other;
  expect(await hashes(back.tab)).toEqual([hash(1)]);
  expect(await hashes(tab)).toEqual([]);
});

test("if two tabs had a torrent, the record with more pieces stays, and the other's pieces are deleted", async () => {
  const [rich, poor] = [await open(newSession()), await open(newSession())];
  await keep(poor.tab, record(1, "poor"));
  await keep(rich.tab, { ...record(1, "rich"), isRemoved: true });
  await fill("poor", 1);
  await fill("rich", 2);
  rich.tab.leave();
  poor.tab.leave();

  const heir = await open(newSession());
  const records = await tabRecords(database, heir.tab.id);
  expect(records).toMatchObject([{ bytes: { type: "stored", storageId: "rich" }, isRemoved: false }]);
  expect(await pieceCount("rich")).toBe(2);
  expect(await pieceCount("poor")).toBe(0);
});

test("pieces that no record names are deleted", async () => {
  const { tab } = await open(newSession());
  await keep(tab, record(1, "named"));
  for (const storageId of ["a", "named", "z"]) await fill(storageId, 3);
  await open(newSession());
  expect(await Promise.all(["a", "named", "z"].map(pieceCount))).toEqual([0, 3, 0]);
});

test("unknown messages are ignored", async () => {
  const { tab, taken } = await open(newSession());
  const stranger = new BroadcastChannel("tabswarm.tabs");
  const heard = vi.fn();
  stranger.onmessage = ({ data }) => heard(data);
  for (const word of [null, 7, "ask", {}, { type: "ask" }, { type: "ask", from: "x", tabs: [1, {}] }]) {
    stranger.postMessage(word);
  }
  stranger.postMessage({ type: "ask", from: "x", tabs: [tab.id] });
  await eventually(() => expect(heard.mock.calls).toEqual([[{ type: "alive", tab: tab.id }]]));
  expect(taken).not.toHaveBeenCalled();
});

/** A tab's `sessionStorage`; a duplicated tab starts with a copy. */
function newSession(): Map<string, string> {
  return new Map();
}

async function open(session: Map<string, string>) {
  const taken = vi.fn();
  const storage = {
    getItem: (key: string) => session.get(key) ?? null,
    setItem: (key: string, value: string) => void session.set(key, value),
  };
  return { tab: await openTab(database, storage, taken), taken };
}

/** Silences the tab that was opened last. */
function crash(): void {
  channels.at(-1)?.close();
}

/** Makes the tab that was opened last deaf until it is woken; then it hears everything. */
function freeze(): () => void {
  const channel = channels.at(-1);
  if (channel === undefined) throw new Error("there is no tab to freeze");
  const { onmessage } = channel;
  const waiting: MessageEvent[] = [];
  channel.onmessage = (event) => void waiting.push(event);
  return () => {
    channel.onmessage = onmessage;
    for (const event of waiting) onmessage?.call(channel, event);
  };
}

function hash(number: number): InfoHash {
  const infoHash = parseInfoHash(String(number).padStart(40, "0"));
  if (infoHash === undefined) throw new Error("the test has a wrong number");
  return infoHash;
}

function record(number: number, storageId = `storage ${number}`): TorrentRecord {
  return {
    infoHash: hash(number),
    displayName: undefined,
    infoBytes: undefined,
    trackers: [],
    selectedFiles: undefined,
    isPaused: false,
    isSaved: false,
    isRemoved: false,
    addedAt: number,
    bytes: { type: "stored", storageId },
  };
}

function keep(tab: Tab, kept: TorrentRecord): Promise<void> {
  return keepRecord(database, tab.id, kept);
}

async function hashes(tab: Tab): Promise<InfoHash[]> {
  return (await tabRecords(database, tab.id)).map(({ infoHash }) => infoHash);
}

async function fill(storageId: string, count: number): Promise<void> {
  for (let piece = 0; piece < count; piece++)
    await database.put("pieces", new Blob(["x"]), [storageId, piece]);
}

async function pieceCount(storageId: string): Promise<number> {
  return (await new PieceStore(lasting(database), storageId).heldPieces(10)).count;
}
