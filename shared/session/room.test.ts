import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { World } from "../sim/world.test-support.ts";
import type { CloseReason } from "./link-end.ts";
import { FAIR_LINKS, IDLE_MILLIS, UNWANTED_MILLIS } from "./room.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 1_000_000]] });
const MAX_LINKS = 8;

/** A seeder whose links are all taken by peers that dialled from these addresses. */
async function full(addressOf: (at: number) => string, { interested = true } = {}) {
  const world = new World({ config: { maxLinks: MAX_LINKS } });
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [], { pieces: "all" });
  const newcomer = async (ip: string): Promise<ScriptedPeer> => {
    const peer = new ScriptedPeer(world, TORRENT);
    peer.script = { opened: () => interested && peer.say({ type: "interested" }) };
    peer.dial(seeder, ip);
    await world.pass(200);
    return peer;
  };
  const peers: ScriptedPeer[] = [];
  for (let at = 0; at < MAX_LINKS; at++) peers.push(await newcomer(addressOf(at)));
  const ends = (): CloseReason[] =>
    seeder.effects.flatMap((effect) => (effect.type === "close" ? [effect.reason] : []));
  return { world, seeder, newcomer, peers, ends };
}

const elsewhere = (at: number): string => `198.51.100.${at + 1}`;
const isLinked = ({ links }: ScriptedPeer): boolean => links.length > 0;

test.each([
  ["an IPv4 address", () => "192.0.2.77"],
  ["a /64 of IPv6", (at: number) => `2001:db8:1:2::${at + 1}`],
])("%s that holds all links gives some up to others, and keeps its share", async (_, addressOf) => {
  const { newcomer, peers, ends } = await full(addressOf);
  const others: ScriptedPeer[] = [];
  for (let at = 0; at < MAX_LINKS; at++) others.push(await newcomer(elsewhere(at)));
  expect(peers.filter(isLinked)).toHaveLength(FAIR_LINKS);
  expect(others.filter(isLinked)).toHaveLength(MAX_LINKS - FAIR_LINKS);
  expect(new Set(ends())).toEqual(new Set(["madeRoom", "noRoom"]));
});

test("the least useful link of a crowd makes way", async () => {
  const { world, newcomer, peers } = await full(() => "192.0.2.77");
  peers[0]?.say({ type: "request", range: { piece: 0, begin: 0, length: 16_384 } });
  await world.pass(200);
  await newcomer(elsewhere(0));
  expect(peers.map(isLinked)).toEqual(peers.map((_, at) => at !== 1));
});

test("a full session of interested peers takes no newcomer until one has been idle for long", async () => {
  const { world, newcomer, peers, ends } = await full(elsewhere);
  expect(isLinked(await newcomer(elsewhere(20)))).toBe(false);
  expect(ends()).toEqual(["noRoom"]);
  await world.pass(IDLE_MILLIS);
  peers[0]?.say({ type: "request", range: { piece: 0, begin: 0, length: 16_384 } });
  await world.pass(200);
  expect(isLinked(await newcomer(elsewhere(21)))).toBe(true);
  expect(peers.map(isLinked)).toEqual(peers.map((_, at) => at !== 1));
});

test("a link without interest on either side makes way soon", async () => {
  const { world, newcomer, peers } = await full(elsewhere, { interested: false });
  await world.pass(UNWANTED_MILLIS);
  expect(isLinked(await newcomer(elsewhere(20)))).toBe(true);
  expect(peers.map(isLinked)).toEqual(peers.map((_, at) => at !== 0));
});
