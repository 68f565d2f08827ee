import { mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { unpackPeers } from "#shared/announce/compact.ts";
import { type Millis, millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import { addressMemberKey } from "../../core/address-key.ts";
import { testAddress, testInfoHash, testMemberKey, testPeerId } from "../../core/tracker.test-support.ts";
import { MAX_SNAPSHOT_BYTES } from "../../limits/memory.ts";
import { ADDRESS_LIFETIME_MILLIS } from "../../limits/swarms.ts";
import { keepSwarms, readSwarms, type SwarmFileOptions, writeSwarms } from "./swarm-file.ts";
import { MemorySwarmStore } from "./swarm-store.ts";

const SWARM = testInfoHash(1);
const OTHER_SWARM = testInfoHash(2);

let folder: string;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-swarms-"));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that started `startedAtUnix`. */
function fileOf(store: MemorySwarmStore, startedAtUnix: number, now = millis(0)): SwarmFileOptions {
  return {
    ...{ store, folder, now: () => now, unixNow: () => startedAtUnix + now, isAllowed: undefined },
    warn: (sentence) => warnings.push(sentence),
  };
}

const put = (store: MemorySwarmStore, port: number, fields: object, host = "192.0.2.1"): void => {
  const address = testAddress(host, port);
  store.put(SWARM, {
    type: "address",
    key: addressMemberKey(address, "\x01\xff"),
    peerId: testPeerId(port % 10),
    ...{ seeding: false, hasFreeSlot: undefined, address, network: "n", expiresAt: millis(1_000) },
    ...fields,
  });
};

function fullStore(): MemorySwarmStore {
  const store = new MemorySwarmStore();
  store.put(SWARM, { type: "socket", key: testMemberKey("1"), peerId: testPeerId(9), seeding: true });
  put(store, 1, { expiresAt: millis(100_000), seeding: true, hasFreeSlot: true });
  put(store, 2, { expiresAt: millis(200_000), hasFreeSlot: false });
  put(store, 3, { expiresAt: millis(300_000) }, "2001:db8::1");
  store.countCompletion(SWARM);
  store.put(OTHER_SWARM, { type: "socket", key: testMemberKey("1"), peerId: testPeerId(9), seeding: true });
  store.countCompletion(OTHER_SWARM);
  store.countCompletion(OTHER_SWARM);
  store.removeEverywhere(testMemberKey("1"));
  return store;
}

async function restarted(secondsLater: number, fields: Partial<SwarmFileOptions> = {}) {
  const store = new MemorySwarmStore();
  await readSwarms({ ...fileOf(store, 1_000_000 + secondsLater * 1_000), ...fields });
  const peers = (count: number, now: Millis = millis(0)) => {
    store.removeExpired(now);
    const requester = { key: testMemberKey("x"), seeding: false };
    return unpackPeers(store.sampleCompact(SWARM, { count, requester }, seededRandom(1)));
  };
  return { store, peers };
}

const [ONE, TWO, THREE] = [
  testAddress("192.0.2.1", 1),
  testAddress("192.0.2.1", 2),
  testAddress("2001:db8::1", 3),
];

test("members with addresses live on for as long as they would have, and counts of downloads stay", async () => {
  await writeSwarms(fileOf(fullStore(), 1_000_000));
  const { store, peers } = await restarted(50);
  expect([...peers(9)].sort()).toEqual([ONE, TWO, THREE].sort());
  expect(peers(1)).toEqual([ONE]); // The one with a free slot.
  expect(store.counts(SWARM)).toEqual({ seeders: 1, leechers: 2, downloaded: 1 });
  expect(store.counts(OTHER_SWARM)).toEqual({ seeders: 0, leechers: 0, downloaded: 2 });
  expect(store.networkCounts(SWARM, "n")).toEqual({ inSwarm: 3, inAll: 3 });
  expect(store.isMember(SWARM, addressMemberKey(ONE, "\x01\xff"))).toBe(true);
  expect(peers(9, millis(49_999))).toHaveLength(3);
  expect(peers(9, millis(50_000))).toHaveLength(2);
  expect(peers(9, millis(250_000))).toEqual([]);
  expect(warnings).toEqual([]);
});

test("nobody else may read who downloads what", async () => {
  await writeSwarms(fileOf(fullStore(), 1_000_000));
  expect((await stat(join(folder, "swarms"))).mode & 0o077).toBe(0);
});

test("a link in the place of the file that is being written is not followed", async () => {
  const precious = join(folder, "precious");
  await writeFile(precious, "mine");
  await symlink(precious, join(folder, "swarms.new"));
  await writeSwarms(fileOf(fullStore(), 1_000_000));
  expect(await readFile(precious, "utf8")).toBe("mine");
  expect((await restarted(50)).peers(9)).toHaveLength(3);
});

test("whoever has expired meanwhile, or is no longer allowed, does not come back; a clock set back keeps nobody for ever", async () => {
  await writeSwarms(fileOf(fullStore(), 1_000_000));
  expect((await restarted(150)).peers(9)).toEqual([TWO, THREE]);
  const denied = await restarted(50, { isAllowed: (infoHash) => infoHash !== SWARM });
  expect(denied.store.counts(SWARM)).toEqual({ seeders: 0, leechers: 0, downloaded: 1 });
  const early = await restarted(-1_000_000);
  expect(early.peers(9)).toHaveLength(3);
  expect(early.peers(9, millis(ADDRESS_LIFETIME_MILLIS))).toEqual([]);
});

test("the first start finds no file, and says nothing", async () => {
  expect((await restarted(0)).peers(9)).toEqual([]);
  expect(warnings).toEqual([]);
});

test.each([
  ["its last lines are gone", (text: string) => text.slice(0, text.length - 60), 2, "lines make no sense"],
  ["only its end is gone", (text: string) => text.replace("end\n", ""), 3, "its end is missing"],
  ["a line is changed", (text: string) => text.replace("leecher", "lecher"), 2, "1 of 7 lines"],
  ["an address is changed", (text: string) => text.replace("c00002010001", "c0000201000"), 2, "1 of 7 lines"],
  ["a port is 0", (text: string) => text.replace("c00002010001", "c00002010000"), 2, "1 of 7 lines"],
  [
    "an account's id is too long",
    (text: string) => text.replace(/^member .*$/m, `$& ${"a".repeat(65)} -`),
    2,
    "1 of 7 lines",
  ],
  ["a key is too long", (text: string) => text.replace(" 01ff ", ` ${"01".repeat(300)} `), 2, "1 of 7 lines"],
  ["its first line is gone", (text: string) => text.slice(text.indexOf("\n") + 1), 3, "lines make no sense"],
  ["it is garbage", () => "\xff\0garbage ".repeat(10_000), 0, "not a list of swarms"],
  ["it is empty", () => "", 0, "its end is missing"],
])(
  "a file is put aside with a warning, and what can be read of it counts: %s",
  async (_, change, kept, why) => {
    await writeSwarms(fileOf(fullStore(), 1_000_000));
    const text = await readFile(join(folder, "swarms"), "latin1");
    await writeFile(join(folder, "swarms"), change(text), "latin1");
    expect((await restarted(50)).peers(9)).toHaveLength(kept);
    expect(warnings).toEqual([expect.stringContaining(why)]);
    expect(warnings[0]).toContain(`It is kept as ${join(folder, "swarms.broken")}.`);
    expect(await readdir(folder)).toEqual(["swarms.broken"]);
  },
);

test("a file that is too large is not read", async () => {
  await writeFile(join(folder, "swarms"), "");
  await truncate(join(folder, "swarms"), MAX_SNAPSHOT_BYTES + 1);
  await restarted(0);
  expect(warnings).toEqual([expect.stringContaining(`more than ${MAX_SNAPSHOT_BYTES} bytes`)]);
});

test("swarms are written again and again, and once more at the end; an unfinished file replaces nothing", async () => {
  const store = fullStore();
  const keeper = keepSwarms(fileOf(store, 1_000_000), 20);
  const members = () =>
    readFile(join(folder, "swarms"), "utf8").then(
      (text) => text.match(/^member /gm)?.length,
      () => 0,
    );
  await expect.poll(members).toBe(3);
  put(store, 4, { expiresAt: millis(400_000) });
  await expect.poll(members).toBe(4);
  put(store, 5, { expiresAt: millis(500_000) });
  await keeper.close();
  expect(await members()).toBe(5);
  await writeFile(join(folder, "swarms.new"), "tabswarm-swarms 1\nmem");
  expect((await restarted(0)).peers(9)).toHaveLength(5);
  expect(warnings).toEqual([]);
});

test("a disk that cannot be written to is a warning", async () => {
  const keeper = keepSwarms({ ...fileOf(fullStore(), 0), folder: join(folder, "none") }, 20);
  onTestFinished(() => keeper.close());
  await expect.poll(() => warnings[0]).toContain("The swarms cannot be written");
});
