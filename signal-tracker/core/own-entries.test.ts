import { expect, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { OwnEntries } from "./own-entries.ts";
import { testInfoHash, testMemberKey, testPeerId } from "./tracker.test-support.ts";

test("a node is in a swarm as long as one of its members is", () => {
  const entries = new OwnEntries(10);
  const [swarm, keys] = [testInfoHash(1), [testMemberKey("a"), testMemberKey("b")]];
  for (const key of keys)
    entries.put(swarm, { type: "socket", key, peerId: testPeerId(1), seeding: false }, millis(0));
  for (const key of keys) {
    expect(entries.has(swarm)).toBe(true);
    expect(entries.swarmsOf(key)).toEqual([swarm]);
    entries.remove(swarm, key);
    expect(entries.swarmsOf(key)).toEqual([]);
  }
  expect(entries.has(swarm)).toBe(false);
});
