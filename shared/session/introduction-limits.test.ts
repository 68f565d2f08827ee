import { describe, expect, test } from "vitest";
import type { Handle } from "../base/ids.ts";
import { World } from "../sim/world.test-support.ts";
import { handleOf, type OfferMessage, type Refusal } from "../wire/introduction.ts";
import {
  Acquaintance,
  around,
  describes,
  offersHeard,
  refusals,
  SDP,
  TORRENT,
} from "./acquaintance.test-support.ts";

const handles = (count: number, first = 10_000_000): readonly Handle[] =>
  Array.from({ length: count }, (_, at) => `${first + at}`.repeat(2) as Handle);

const handleFor = ({ peersHeard }: Acquaintance): Handle => peersHeard[0]?.you as Handle;

/** It refuses every offer for this reason. */
function refuses(introducer: Acquaintance, refusal: Refusal): void {
  introducer.onMessage = (message) => {
    if (message.type === "offer") introducer.tell({ type: "error", offerId: message.offerId, refusal });
  };
}

/** Says something once in a while, or its link would end. */
async function passAlive(world: World, peer: Acquaintance, millis: number): Promise<void> {
  for (let passed = 0; passed < millis; passed += 15_000) {
    peer.say({ type: "interested" });
    await world.pass(15_000);
  }
}

describe("an introducer", () => {
  const ask = (world: World, asker: Acquaintance, target: Acquaintance): void =>
    asker.tell({
      type: "offer",
      offerId: world.newOfferId(),
      way: "to",
      handle: handleFor(target),
      sdp: SDP,
    });

  test("hears eight times at once for how many links a peer has room, and twice a minute", async () => {
    const { world, peers } = await around(3);
    const [asker, target, third] = peers as [Acquaintance, Acquaintance, Acquaintance];
    for (let each = 0; each < 7; each++) target.name([], 30); // It has said so before.
    target.name([], 0);
    await world.pass(100);
    ask(world, asker, target);
    await world.pass(100);
    expect(offersHeard(target)).toHaveLength(1);
    await world.pass(25_000);
    target.name([], 0);
    await world.pass(100);
    ask(world, third, target);
    await world.pass(100);
    expect(refusals(third)).toEqual(["busy"]);
  });

  test("tells of newcomers four times at once, and once a minute", async () => {
    const { world, node, peers } = await around(1);
    for (let count = 0; count < 12; count++) {
      new Acquaintance(world, TORRENT).meet(node);
      await world.pass(10_000);
      if (count === 3) expect(peers[0].peersHeard).toHaveLength(4);
    }
    expect(peers[0].peersHeard).toHaveLength(6);
  });

  test("keeps eight offers waiting for one peer", async () => {
    const { world, peers } = await around(11);
    const [target, ...askers] = peers as [Acquaintance, ...Acquaintance[]];
    for (const asker of askers) ask(world, asker, target);
    await world.pass(100);
    expect(offersHeard(target)).toHaveLength(8);
    expect(askers.flatMap(refusals)).toEqual(["busy", "busy"]);
  });

  test("keeps 64 offers waiting in all", async () => {
    const { world, peers } = await around(27);
    const [askers, targets] = [peers.slice(0, 18), peers.slice(18)];
    for (const [at, asker] of askers.entries())
      for (let each = 0; each < 4; each++)
        ask(world, asker, targets[(at * 4 + each) % targets.length] as Acquaintance);
    await world.pass(100);
    expect(targets.flatMap(offersHeard)).toHaveLength(64);
    expect(askers.flatMap(refusals)).toHaveLength(8);
  });
});

describe("of what an introducer offers", () => {
  const forward = (world: World, introducer: Acquaintance, handle: Handle, sdp = SDP): void =>
    introducer.tell({ type: "offer", offerId: world.newOfferId(), way: "from", handle, sdp });

  test("we read eight at once, and one in two seconds", async () => {
    const { world, node, peers } = await around(1);
    const flood = async (): Promise<number> => {
      const before = node.happenings.filter(({ type }) => type === "leftOut").length;
      for (const handle of handles(20)) forward(world, peers[0], handle, "v=0\r\n");
      await world.pass(50);
      return node.happenings.filter(({ type }) => type === "leftOut").length - before;
    };
    expect(await flood()).toBe(8);
    await world.pass(10_000);
    expect(await flood()).toBe(5);
  });

  test("who only looks answers nothing", async () => {
    const world = new World();
    const node = world.node("node");
    node.add(TORRENT, [], { onlyLooks: true, knowsMetadata: true });
    const introducer = new Acquaintance(world, TORRENT).meet(node);
    await world.until(() => node.view().peers.length === 1);
    forward(world, introducer, handles(1)[0] as Handle);
    await world.pass(100);
    expect(introducer.heard.filter(({ type }) => type === "answer")).toEqual([]);
    expect(describes(node)).toEqual([]);
  });

  test("we end what we cannot describe, and what its introducer is no longer there for", async () => {
    const { world, node, peers } = await around(2);
    const [one, two] = peers;
    forward(world, one, handles(2)[0] as Handle);
    forward(world, two, handles(2)[1] as Handle);
    await world.pass(50);
    const [first, second] = describes(node).map((effect) => effect.type === "describe" && effect.link);
    node.feed({ type: "described", link: first as never, sdp: "v=0\r\n" });
    two.close();
    await world.pass(50);
    node.feed({ type: "described", link: second as never, sdp: SDP });
    for (const link of [first, second])
      expect(node.effects).toContainEqual({ type: "close", link, reason: "notIntroduced" });
  });
});

describe("we ask an introducer", () => {
  test("for two peers at a time before one of its introductions has worked", async () => {
    const { world, peers } = await around(8);
    peers[0].name(handles(10));
    await world.pass(5_000);
    expect(offersHeard(peers[0])).toHaveLength(2);
  });

  /** One of its introductions has worked; besides, so many peers are linked to the node. */
  async function proven(others: number) {
    const world = new World();
    const [node, stranger] = [world.node("node"), world.node("stranger")];
    for (const each of [node, stranger]) each.add(TORRENT, [], { pieces: [0] });
    const [introducer, back] = [new Acquaintance(world, TORRENT), new Acquaintance(world, TORRENT)];
    introducer.meet(node);
    back.meet(stranger);
    for (let each = 0; each < others; each++) new Acquaintance(world, TORRENT).meet(node);
    await world.until(() => node.view().peers.length === others + 1 && stranger.view().peers.length === 1);
    const carry = (offer: OfferMessage): void => back.tell({ ...offer, way: "from" });
    introducer.onMessage = (message) => message.type === "offer" && carry(message);
    back.onMessage = (message) => message.type === "answer" && introducer.tell(message);
    introducer.name(handles(1));
    await world.until(() => stranger.view().peers.length === 2);
    introducer.onMessage = () => {};
    introducer.name(handles(10, 20_000_000));
    await world.pass(5_000);
    return offersHeard(introducer).filter(({ way }) => way === "to").length - 1;
  }

  test("for four at a time afterwards", async () => {
    expect(await proven(10)).toBe(4);
  });

  test("for as many as there are others, once it has given us some of four links", async () => {
    expect(await proven(0)).toBe(2);
    expect(await proven(3)).toBe(3);
  });

  test("again for a peer after a minute, and never after two failures", async () => {
    const { world, peers } = await around(1);
    const [introducer] = peers;
    refuses(introducer, "notConnected");
    introducer.name(handles(1));
    await world.pass(59_000);
    expect(offersHeard(introducer)).toHaveLength(1);
    await world.pass(3_000);
    expect(offersHeard(introducer)).toHaveLength(2);
    await passAlive(world, introducer, 300_000);
    expect(offersHeard(introducer)).toHaveLength(2);
  });

  test("ten seconds after it was busy", async () => {
    const { world, peers } = await around(1);
    const [introducer] = peers;
    refuses(introducer, "busy");
    introducer.name(handles(5));
    await world.pass(9_000);
    const asked = offersHeard(introducer).length;
    expect(asked).toBeLessThanOrEqual(2); // The second was on its way.
    await world.pass(3_000);
    expect(offersHeard(introducer).length).toBeGreaterThan(asked);
  });

  test("five minutes after four introductions have failed", async () => {
    const { world, peers } = await around(1);
    const [introducer] = peers;
    refuses(introducer, "notConnected");
    introducer.name(handles(20));
    await world.pass(10_000);
    const asked = offersHeard(introducer).length;
    expect(asked).toBe(5); // The fifth was on its way.
    await passAlive(world, introducer, 285_000);
    expect(offersHeard(introducer)).toHaveLength(asked);
    await passAlive(world, introducer, 15_000);
    expect(offersHeard(introducer).length).toBeGreaterThan(asked);
  });

  test.each([
    [199, 1],
    [200, 0],
  ])("for those that it names after %i others: %i", async (count, asked) => {
    const { world, peers } = await around(2);
    const [introducer, other] = peers;
    const known = (at: number): Handle => handleOf(Uint8Array.of(0, 0, 1, at), other.peerId);
    for (let from = 0; from < count; from += 50)
      introducer.name(Array.from({ length: Math.min(50, count - from) }, (_, at) => known(from + at)));
    introducer.name(handles(1));
    await world.pass(30_000);
    expect(offersHeard(introducer).length > 0 ? 1 : 0).toBe(asked);
  });
});
