// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Entry, EntryKey } from "../../engine/client.ts";
import { NO_CONTROLS } from "../../engine/controls.ts";
import { fakePeer, fakeTorrent } from "../../engine/fake-scenes.ts";
import { askBeforeLeaving, isNeeded } from "./leaving.ts";

type Torrent = Exclude<Entry, { readonly state: "hashing" }>;

const KEY = "one" as EntryKey;
const HASHING: Entry = { state: "hashing", key: KEY, name: "a", bytesTotal: 2, bytesDone: 1 };
const WAITING = fakePeer(1, { progress: 0.5, isInterested: true });

function entry(state: Torrent["state"], peers = [WAITING], rest: Partial<Torrent> = {}): Entry {
  const phase = state === "needs-file" ? "paused" : state;
  const torrent = fakeTorrent(1, { name: "film", bytesTotal: 10, phase, peers });
  const links = { magnetLink: "magnet:", shareLink: "http://here/" };
  return {
    state,
    key: KEY,
    infoHash: torrent.infoHash,
    torrent,
    canSave: false,
    isSaved: false,
    controls: NO_CONTROLS,
    trackers: [],
    ...links,
    ...rest,
  };
}

test.each<readonly [string, Entry]>([
  ["a peer lacks pieces of what we share", entry("seeding")],
  ["a peer lacks pieces that we have downloaded so far", entry("downloading")],
  ["files are being hashed", HASHING],
  ["a save is running", entry("seeding", [], { saving: 0.1 })],
])("leaving costs somebody something while %s", (_when, now) => {
  expect(isNeeded(now)).toBe(true);
});

test.each<readonly [string, Entry]>([
  ["nobody is connected", entry("seeding", [])],
  ["every peer has everything", entry("seeding", [fakePeer(1, { progress: 1 })])],
  ["a peer has all that it wants", entry("seeding", [fakePeer(1, { progress: 0.5, isInterested: false })])],
  ["it is paused", entry("paused")],
  ["it stopped with an error", entry("error")],
  ["it waits for its files", entry("needs-file")],
  ["it is our own download that is not done", entry("downloading", [fakePeer(1)])],
  ["it is looked up", entry("metadata", [])],
])("leaving costs nobody anything while %s", (_when, now) => {
  expect(isNeeded(now)).toBe(false);
});

test("the browser is told to ask only while somebody needs the page", () => {
  let entries: readonly Entry[] = [entry("seeding")];
  const stop = askBeforeLeaving(() => entries);
  const asks = (): boolean => {
    const event = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(asks()).toBe(true);
  entries = [entry("seeding", [])];
  expect(asks()).toBe(false);
  entries = [HASHING];
  expect(asks()).toBe(true);
  stop();
  expect(asks()).toBe(false);
});
