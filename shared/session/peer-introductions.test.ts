import { describe, expect, test } from "vitest";
import type { Handle, OfferId, PeerId } from "../base/ids.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
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

describe("peers that know one member each", () => {
  test("meet all others while the tracker is down, and complete", async () => {
    const world = new World({ upBytesPerSecond: 200_000 });
    const [seeder, ...others] = ["seeder", "a", "b", "c", "d"].map((name) => world.node(name));
    seeder?.add(TORRENT, [TRACKER], { pieces: "all" });
    await world.pass(1_000);
    world.tracker(TRACKER).mood = "dying";
    for (const node of others) {
      node.add(TORRENT, [TRACKER]);
      await world.pass(2_000);
    }
    await world.until(() => others.every((node) => node.isSeeding()));
    const introduced = others.flatMap(({ happenings }) =>
      happenings.filter((what) => what.type === "linkOpened" && what.peer.isIntroduced),
    );
    expect(introduced.length).toBeGreaterThan(2);
  });
});

describe("an introducer", () => {
  test("names those who take part to each other, by handles that only say whose links they are", async () => {
    const { peers } = await around(3);
    const [one, two, three] = peers as [Acquaintance, Acquaintance, Acquaintance];
    expect(one.peersHeard[0]).toMatchObject({ free: 42 });
    const handles = [one, two, three].map(({ peersHeard }) => peersHeard[0]?.you);
    expect(new Set(one.handles)).toEqual(new Set([handles[1], handles[2]]));
    expect(new Set(three.handles)).toEqual(new Set([handles[0], handles[1]]));
    expect(handles[1]).toBe(handleOf(Buffer.from(`${handles[1]}`.slice(0, 8), "hex"), two.peerId));
  });

  test("carries an offer and its answer", async () => {
    const { world, peers } = await around(2);
    const [asker, target] = peers;
    target.onMessage = (message) => {
      if (message.type === "offer") target.tell({ type: "answer", offerId: message.offerId, sdp: SDP });
    };
    asker.askFor(offerIdOf("1"));
    await world.pass(100);
    expect(offersHeard(target)).toEqual([
      { type: "offer", offerId: offerIdOf("1"), way: "from", handle: target.handles[0], sdp: SDP },
    ]);
    expect(asker.heard).toContainEqual({ type: "answer", offerId: offerIdOf("1"), sdp: SDP });
    target.tell({ type: "answer", offerId: offerIdOf("1"), sdp: SDP });
    await world.pass(100);
    expect(asker.heard.filter(({ type }) => type === "answer")).toHaveLength(1);
  });

  test("takes the answer from the peer that was asked alone, and for 50 s", async () => {
    const { world, peers } = await around(3);
    const [asker, target, third] = peers as [Acquaintance, Acquaintance, Acquaintance];
    const handle = target.peersHeard[0]?.you as Handle;
    asker.tell({ type: "offer", offerId: offerIdOf("1"), way: "to", handle, sdp: SDP });
    await world.pass(100);
    third.tell({ type: "answer", offerId: offerIdOf("1"), sdp: SDP });
    await world.pass(51_000);
    target.tell({ type: "answer", offerId: offerIdOf("1"), sdp: SDP });
    await world.pass(100);
    expect(asker.heard.filter(({ type }) => type === "answer")).toEqual([]);
  });

  test("says why it does not forward an offer", async () => {
    const { world, peers } = await around(3);
    const [asker, target, third] = peers as [Acquaintance, Acquaintance, Acquaintance];
    const you = (peer: Acquaintance): Handle => peer.peersHeard[0]?.you as Handle;
    const offer = async (digit: string, handle: Handle): Promise<string | undefined> => {
      asker.tell({ type: "offer", offerId: offerIdOf(digit), way: "to", handle, sdp: SDP });
      await world.pass(100);
      return refusals(asker).at(-1);
    };
    expect(await offer("1", "0000000000000000" as Handle)).toBe("noSuchPeer");
    expect(await offer("2", you(asker))).toBe("noSelf");
    target.name([], 0);
    await world.pass(100);
    expect(await offer("3", you(target))).toBe("busy");
    third.close();
    await world.pass(100);
    expect(await offer("4", you(third))).toBe("notConnected");
    target.announce(0);
    await world.pass(100);
    expect(await offer("5", you(target))).toBe("noSupport");
    expect(offersHeard(target)).toEqual([]);
  });

  test("tells the asker when the peer that was asked leaves", async () => {
    const { world, peers } = await around(2);
    const [asker, target] = peers;
    asker.askFor(offerIdOf("1"));
    await world.pass(100);
    target.close();
    await world.pass(100);
    expect(refusals(asker)).toEqual(["notConnected"]);
  });

  test("forwards at most 15 offers at once and thirty a minute for one peer, and keeps 4 waiting", async () => {
    const { world, peers } = await around(40);
    const [asker, ...targets] = peers as [Acquaintance, ...Acquaintance[]];
    const ask = async (these: readonly Acquaintance[], waitMillis: number): Promise<number> => {
      const before = these.flatMap(offersHeard).length;
      for (const { peersHeard } of these) {
        const handle = peersHeard[0]?.you as Handle;
        asker.tell({ type: "offer", offerId: world.newOfferId(), way: "to", handle, sdp: SDP });
        await world.pass(waitMillis);
      }
      return these.flatMap(offersHeard).length - before;
    };
    expect(await ask(targets.slice(0, 10), 60)).toBe(4);
    await world.pass(60_000);
    for (const target of targets)
      target.onMessage = (message) => {
        if (message.type === "offer") target.tell({ type: "answer", offerId: message.offerId, sdp: SDP });
      };
    expect(await ask(targets.slice(10, 28), 60)).toBe(15);
    expect(refusals(asker).at(-1)).toBe("busy");
    await world.pass(10_000);
    expect(await ask(targets.slice(28), 60)).toBeLessThan(8);
    expect(targets.slice(28).flatMap(offersHeard).length).toBeGreaterThan(4);
  });

  test("tells of newcomers three times in the first minute, then once a minute", async () => {
    const { world, node, peers } = await around(1);
    for (let count = 0; count < 12; count++) {
      new Acquaintance(world, TORRENT).meet(node);
      await world.pass(10_000);
    }
    expect(peers[0].peersHeard.length).toBeGreaterThan(3);
    expect(peers[0].peersHeard.length).toBeLessThanOrEqual(6);
  });

  test("says when it can introduce nobody to a peer any more", async () => {
    const { world, peers } = await around(2);
    const [one, two] = peers;
    two.close();
    await world.pass(61_000);
    expect(one.peersHeard.at(-1)?.dropped).toEqual(one.handles);
  });

  test("leaves alone who takes no part, and all of a private torrent", async () => {
    const { world, node, peers } = await around(2);
    const mute = new Acquaintance(world, TORRENT);
    mute.announces = false;
    mute.meet(node);
    await world.pass(65_000);
    expect(mute.heard).toEqual([]);
    expect(peers.map(({ handles }) => handles.length)).toEqual([1, 1]);
    peers[1].announce(0);
    await world.pass(65_000);
    expect(peers[0].peersHeard.at(-1)?.dropped).toHaveLength(1);
    const hidden = await around(2, true);
    expect(hidden.peers.flatMap(({ heard }) => heard)).toEqual([]);
  });
});

describe("a peer that others introduce", () => {
  const OWN = "ffffffffffffffff" as Handle;
  const MORE = ["5555555555555555", "6666666666666666"] as unknown as readonly Handle[];
  const THEIRS = ["1111111111111111", "2222222222222222"] as unknown as [Handle, Handle];

  test("asks for those whom it does not know, and takes the answer of the introducer alone", async () => {
    const { world, node, peers } = await around(2);
    const [introducer, other] = peers;
    const known = handleOf(new Uint8Array(4), other.peerId as PeerId);
    introducer.name([known, THEIRS[0]]);
    await world.pass(2_000);
    const [offer, ...more] = offersHeard(introducer);
    expect(offer).toMatchObject({ way: "to", handle: THEIRS[0] });
    expect(more).toEqual([]);
    other.tell({ type: "answer", offerId: offer?.offerId as OfferId, sdp: SDP });
    await world.pass(100);
    expect(node.effects.filter(({ type }) => type === "takeAnswer")).toEqual([]);
    introducer.tell({ type: "answer", offerId: offer?.offerId as OfferId, sdp: SDP });
    await world.pass(100);
    expect(node.effects.filter(({ type }) => type === "takeAnswer")).toHaveLength(1);
  });

  test("closes what nobody answers within 30 s", async () => {
    const { world, node, peers } = await around(1);
    peers[0].name([THEIRS[0]]);
    await world.pass(2_000);
    expect(node.linkCount).toBe(2);
    await world.pass(31_000);
    expect(node.linkCount).toBe(1);
  });

  test.each(["busy", "notConnected"] as const)(
    "gives an offer that an introducer did not carry (%s) to another one, without a new connection",
    async (refusal) => {
      const { world, node, peers } = await around(2);
      const [first, second] = peers;
      first.name([THEIRS[0]]);
      await world.pass(2_000);
      const [refused] = offersHeard(first);
      first.tell({ type: "error", offerId: refused?.offerId as OfferId, refusal });
      await world.pass(100);
      second.name([THEIRS[1]]);
      await world.pass(2_000);
      const [offer] = offersHeard(second);
      expect(offer).toMatchObject({ handle: THEIRS[1], sdp: refused?.sdp });
      expect(offer?.offerId).not.toBe(refused?.offerId);
      expect(describes(node)).toHaveLength(1);
      second.tell({ type: "answer", offerId: offer?.offerId as OfferId, sdp: SDP });
      await world.pass(100);
      expect(node.effects.filter(({ type }) => type === "takeAnswer")).toHaveLength(1);
    },
  );

  test("closes offers that nobody carries within 15 s, as when their introducer leaves", async () => {
    const { world, node, peers } = await around(2);
    peers[0].name(THEIRS);
    await world.pass(2_000);
    expect(node.linkCount).toBe(4);
    peers[0].close();
    await world.pass(100);
    expect(node.linkCount).toBe(3);
    await world.pass(16_000);
    expect(node.linkCount).toBe(1);
  });

  test("gets at most half of its links from one introducer once it has four", async () => {
    const { world, node, peers } = await around(6);
    peers[0].name(Array.from({ length: 40 }, (_, at) => `${10 + at}`.repeat(8) as Handle));
    await world.pass(70_000);
    expect(offersHeard(peers[0]).length).toBeGreaterThan(0);
    expect(node.linkCount - 6).toBeLessThanOrEqual(6);
  });

  test("rests with an introducer whose introductions never work", async () => {
    const { world, peers } = await around(1);
    let named = 0;
    for (let minute = 0; minute < 5; minute++) {
      peers[0].name(Array.from({ length: 40 }, () => `${10_000_000 + named++}`.repeat(2) as Handle));
      await world.pass(60_000);
    }
    expect(offersHeard(peers[0]).length).toBeGreaterThanOrEqual(4);
    expect(offersHeard(peers[0]).length).toBeLessThan(12);
  });

  test("answers an offer, but none of a peer that it knows", async () => {
    const { world, node, peers } = await around(2);
    const [introducer, other] = peers;
    const known = handleOf(new Uint8Array(4), other.peerId as PeerId);
    introducer.tell({ type: "offer", offerId: offerIdOf("1"), way: "from", handle: known, sdp: SDP });
    introducer.tell({
      type: "offer",
      offerId: offerIdOf("2"),
      way: "from",
      handle: THEIRS[0],
      sdp: "v=0\r\n",
    });
    await world.pass(100);
    expect(describes(node)).toEqual([]);
    introducer.tell({ type: "offer", offerId: offerIdOf("3"), way: "from", handle: THEIRS[0], sdp: SDP });
    await world.pass(100);
    expect(introducer.heard).toContainEqual(
      expect.objectContaining({ type: "answer", offerId: offerIdOf("3") }),
    );
  });

  test("answers at most four at once through one introducer", async () => {
    const { world, node, peers } = await around(1);
    for (let each = 0; each < 30; each++) {
      const handle = `${10_000_000 + each}`.repeat(2) as Handle;
      peers[0].tell({ type: "offer", offerId: world.newOfferId(), way: "from", handle, sdp: SDP });
    }
    await world.pass(1_000);
    expect(describes(node)).toHaveLength(4);
  });

  test.each([
    ["lower", "0000000000000000", 0],
    ["higher", OWN, 1],
  ])("keeps one of two offers that cross: its own handle is %s", async (_, own, answers) => {
    const { world, node, peers } = await around(1);
    peers[0].name([THEIRS[0]], 30, own as Handle);
    await world.pass(2_000);
    expect(offersHeard(peers[0])).toHaveLength(1);
    peers[0].tell({ type: "offer", offerId: offerIdOf("9"), way: "from", handle: THEIRS[0], sdp: SDP });
    await world.pass(1_000);
    expect(peers[0].heard.filter(({ type }) => type === "answer")).toHaveLength(answers);
    expect(node.linkCount).toBe(2);
  });

  test("takes one answer to an offer", async () => {
    const { world, node, peers } = await around(1);
    peers[0].name([THEIRS[0]]);
    await world.pass(2_000);
    const { offerId } = offersHeard(peers[0])[0] as { readonly offerId: OfferId };
    for (let each = 0; each < 2; each++) peers[0].tell({ type: "answer", offerId, sdp: SDP });
    await world.pass(100);
    expect(node.effects.filter(({ type }) => type === "takeAnswer")).toHaveLength(1);
    expect(node.happenings.filter(({ type }) => type === "leftOut")).toHaveLength(1); // The second.
  });

  test("ends a link whose answer describes no data channel", async () => {
    const { world, node, peers } = await around(1);
    peers[0].name([THEIRS[0]]);
    await world.pass(2_000);
    const { offerId } = offersHeard(peers[0])[0] as { readonly offerId: OfferId };
    peers[0].tell({ type: "answer", offerId, sdp: "v=0\r\n" });
    await world.pass(100);
    expect(node.linkCount).toBe(1);
    expect(node.happenings.filter(({ type }) => type === "leftOut")).toEqual([]);
  });

  test("answers one offer of a peer through one introducer, whatever others forward and it asks itself", async () => {
    const { world, node, peers } = await around(2);
    for (const introducer of peers) {
      introducer.name(["3333333333333333", "4444444444444444"] as unknown as Handle[]);
      await world.pass(2_000);
      const before = describes(node).length;
      for (const handle of [THEIRS[0], THEIRS[0], THEIRS[1], ...MORE]) {
        const offerId = world.newOfferId();
        introducer.tell({ type: "offer", offerId, way: "from", handle, sdp: SDP });
      }
      await world.pass(50);
      expect(describes(node).length - before).toBe(4);
    }
  });

  test("drops candidates that only do harm", async () => {
    const { world, node, peers } = await around(1);
    const bad = "a=candidate:1 1 udp 1 127.0.0.1 50000 typ host\r\n";
    const sdp = SDP.replace("a=ice-ufrag", `${bad}a=ice-ufrag`);
    peers[0].tell({ type: "offer", offerId: offerIdOf("1"), way: "from", handle: THEIRS[0], sdp });
    await world.pass(100);
    expect(describes(node)).toMatchObject([{ offer: SDP }]);
  });
});
