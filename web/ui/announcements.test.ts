import { expect, test } from "vitest";
import type { Entry, EntryKey } from "../engine/client.ts";
import { createFakeClient } from "../engine/fake.ts";
import { announcements, seenStates } from "./announcements.ts";

const [shared] = createFakeClient("few").entries.value.slice(1);
if (shared === undefined || shared.state === "hashing")
  throw new Error("the second made-up entry is a torrent");

const before = (state: Entry["state"]) => new Map<EntryKey, Entry["state"]>([[shared.key, state]]);
const now = (state: typeof shared.state): Entry[] => [{ ...shared, state }];

test("a ready link, a complete download and an error are read aloud", () => {
  const name = shared.torrent.name;
  expect(announcements(before("hashing"), now("seeding"))).toEqual([`The link for ${name} is ready.`]);
  expect(announcements(before("downloading"), now("seeding"))).toEqual([`${name} is complete.`]);
  expect(announcements(before("metadata"), now("seeding"))).toEqual([`${name} is complete.`]);
  expect(announcements(before("downloading"), now("error"))).toEqual([`${name} stopped.`]);
});

test("old entries, progress and what the person did are not read aloud", () => {
  expect(announcements(new Map(), now("seeding"))).toEqual([]);
  expect(announcements(seenStates(now("seeding")), now("seeding"))).toEqual([]);
  expect(announcements(before("seeding"), now("paused"))).toEqual([]);
  expect(announcements(before("paused"), now("seeding"))).toEqual([]);
});
