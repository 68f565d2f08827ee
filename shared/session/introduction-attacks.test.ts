import { expect, test, vi } from "vitest";
import type { Handle, OfferId } from "../base/ids.ts";
import { World } from "../sim/world.test-support.ts";
import { OUR_INTRODUCTION_ID } from "../wire/extension.ts";
import { handleOf } from "../wire/introduction.ts";
import {
  Acquaintance,
  around,
  describes,
  offerIdOf,
  offersHeard,
  refusals,
  SDP,
  TORRENT,
} from "./acquaintance.test-support.ts";
import { PEER_INTRODUCTIONS } from "./peer-introductions.ts";

/** Counts the hashes that recognising handles takes. */
const hashes = vi.hoisted(() => ({ count: 0 }));
vi.mock(import("../base/short-sha1.ts"), async (original) => {
  const { shortSha1 } = await original();
  return {
    shortSha1: (bytes) => {
      hashes.count += 1;
      return shortSha1(bytes);
    },
  };
});

const handles = (count: number, first = 10_000_000): readonly Handle[] =>
  Array.from({ length: count }, (_, at) => `${first + at}`.repeat(2) as Handle);

/** An introducer forwards an offer to the node. */
function forward(introducer: Acquaintance, offerId: OfferId, handle: Handle, sdp = SDP): void {
  introducer.tell({ type: "offer", offerId, way: "from", handle, sdp });
}

test("an introducer that is busy may still forward offers to us", async () => {
  const { world, node, peers } = await around(1);
  const [introducer] = peers;
  introducer.name(handles(1));
  await world.pass(2_000);
  const [asked] = offersHeard(introducer);
  introducer.tell({ type: "error", offerId: asked?.offerId as OfferId, refusal: "busy" });
  await world.pass(100);
  const before = describes(node).length;
  forward(introducer, offerIdOf("1"), handles(1, 20_000_000)[0] as Handle);
  await world.pass(100);
  expect(describes(node)).toHaveLength(before + 1);
});

test("of a flood of offers from one introducer we read eight", async () => {
  const { world, node, peers } = await around(1);
  for (const handle of handles(100)) forward(peers[0], world.newOfferId(), handle, "v=0\r\n");
  await world.pass(1_000);
  expect(node.happenings.filter(({ type }) => type === "leftOut")).toHaveLength(8);
});

test("of a flood from all introducers together we read twenty, and two a second", async () => {
  const { world, node, peers } = await around(8);
  const floods = async (): Promise<number> => {
    const before = describes(node).length;
    for (const peer of peers)
      for (const handle of handles(8, 10_000_000 + 100 * peers.indexOf(peer)))
        forward(peer, world.newOfferId(), handle);
    await world.pass(100);
    return describes(node).length - before;
  };
  expect(await floods()).toBe(20);
});

test("an introducer that offers us a link to ourselves gets no answer, and one that names us no offer", async () => {
  const { world, node, peers } = await around(1);
  const ours = handleOf(Uint8Array.of(1, 2, 3, 4), node.peerId);
  peers[0].name([ours]);
  forward(peers[0], offerIdOf("1"), ours);
  await world.pass(2_000);
  expect(describes(node)).toEqual([]);
});

test("offers that lead nowhere, made by whoever likes, keep nobody from asking their introducer", async () => {
  const { world, peers } = await around(1);
  const [introducer] = peers;
  for (const handle of handles(4)) forward(introducer, world.newOfferId(), handle);
  await world.pass(20_000);
  introducer.name(handles(1, 20_000_000));
  await world.pass(2_000);
  expect(offersHeard(introducer)).toHaveLength(1);
  const answered = introducer.heard.filter(({ type }) => type === "answer").length;
  forward(introducer, offerIdOf("1"), handles(1, 30_000_000)[0] as Handle);
  await world.pass(100);
  expect(introducer.heard.filter(({ type }) => type === "answer")).toHaveLength(answered);
});

test("whoever gets half as many offers as it said it takes says again how many it takes", async () => {
  const { world, node, peers } = await around(1);
  const [introducer] = peers;
  const free = introducer.peersHeard.at(-1)?.free ?? 0;
  const heard = introducer.peersHeard.length;
  const forwardSome = async (count: number): Promise<void> => {
    for (const handle of handles(count)) {
      forward(introducer, world.newOfferId(), handle, "v=0\r\n");
      await world.pass(2_000);
    }
  };
  await forwardSome(free / 2 - 1);
  expect(introducer.peersHeard).toHaveLength(heard);
  await forwardSome(1);
  expect(introducer.peersHeard).toHaveLength(heard + 1);
  expect(introducer.peersHeard.at(-1)?.free).toBe(free);
  expect(node.linkCount).toBe(1);
});

test("one peer has one offer under way to another, and so takes nobody's place", async () => {
  const { world, peers } = await around(3);
  const [target, hostile, honest] = peers as [Acquaintance, Acquaintance, Acquaintance];
  target.onMessage = (message) => {
    if (message.type === "offer") target.tell({ type: "answer", offerId: message.offerId, sdp: SDP });
  };
  const handle = target.peersHeard[0]?.you as Handle;
  const ask = async (asker: Acquaintance, times: number): Promise<number> => {
    const before = offersHeard(target).length;
    for (let each = 0; each < times; each++) {
      asker.tell({ type: "offer", offerId: world.newOfferId(), way: "to", handle, sdp: SDP });
      await world.pass(20);
    }
    return offersHeard(target).length - before;
  };
  expect(await ask(hostile, 10)).toBe(1);
  expect(refusals(hostile)).toEqual(Array.from({ length: 9 }, () => "busy"));
  expect(await ask(honest, 1)).toBe(1);
  await world.pass(50_000);
  expect(await ask(hostile, 10)).toBe(1);
});

test("a peer that takes part no more, and then again, may say no more than before", async () => {
  const { world, node, peers } = await around(2);
  const [asker, target] = peers;
  const handle = target.peersHeard[0]?.you as Handle;
  const flood = async (): Promise<{
    readonly relayed: number;
    readonly read: number;
    readonly heard: number;
  }> => {
    const before = refusals(target).length;
    const leftOut = node.happenings.filter(({ type }) => type === "leftOut").length;
    const heard = target.peersHeard.length;
    for (let each = 0; each < 20; each++) {
      // It asks for itself: nobody need answer, and it hears why not.
      target.tell({ type: "offer", offerId: world.newOfferId(), way: "to", handle, sdp: SDP });
      forward(target, world.newOfferId(), handles(1, 10_000_000 + each)[0] as Handle, "v=0\r\n");
    }
    await world.pass(100);
    return {
      relayed: refusals(target)
        .slice(before)
        .filter((refusal) => refusal === "noSelf").length,
      read: node.happenings.filter(({ type }) => type === "leftOut").length - leftOut,
      heard: target.peersHeard.length - heard,
    };
  };
  expect(await flood()).toMatchObject({ relayed: 15, read: 8 });
  for (let each = 0; each < 10; each++) {
    target.announce(0);
    target.announce(OUR_INTRODUCTION_ID);
  }
  const again = await flood();
  expect(again).toMatchObject({ relayed: 0, read: 0 });
  expect(again.heard).toBeLessThanOrEqual(4);
  expect(asker.handles).toEqual([handle]); // The same as before.
});

test("of handles that it recognises, one message makes us hash at most 32 for each peer", async () => {
  const { world, node, peers } = await around(12);
  const [introducer, ...others] = peers;
  const last = others.at(-1) as Acquaintance;
  const known = Array.from({ length: 50 }, (_, at) => handleOf(Uint8Array.of(9, 9, 9, at), last.peerId));
  hashes.count = 0;
  introducer.name(known);
  await world.pass(60);
  expect(hashes.count).toBeGreaterThan(300);
  expect(hashes.count).toBeLessThanOrEqual(32 * 13);
  expect(describes(node)).toEqual([]);
});

test("a peer that repeats what it has makes us look at its link alone", async () => {
  const world = new World();
  const node = world.node("node");
  node.add(TORRENT, [], { pieces: "all" });
  const peer = new Acquaintance(world, TORRENT).meet(node);
  await world.until(() => node.view().peers.length === 1);
  for (let piece = 0; piece < TORRENT.info.layout.pieceCount; piece++) peer.say({ type: "have", piece });
  await world.pass(100);
  const tooMany = vi.spyOn(PEER_INTRODUCTIONS, "tooMany");
  for (let each = 0; each < 200; each++) peer.say({ type: "have", piece: 0 });
  await world.pass(100);
  expect(node.linkCount).toBe(1);
  expect(tooMany).not.toHaveBeenCalled();
  tooMany.mockRestore();
});
