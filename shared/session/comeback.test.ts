import { expect, test } from "vitest";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { ScriptedPeer } from "../sim/scripted-peer.test-support.ts";
import { World } from "../sim/world.test-support.ts";
import { encodeExtendedHandshake, encodeMetadataMessage, OUR_METADATA_ID } from "../wire/extension.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import type { CloseReason } from "./link-end.ts";

// A peer whose network broke dials again, while its old link still looks open.

const TORRENT = sampleTorrent({ files: [["film.bin", 100_000]] });
const { aliveMillis, pingMillis, sweepMillis } = DEFAULT_CONFIG;

/** A seeder with a link from a peer. `isAlive`: the peer answers a ping. */
async function linked(isAlive: boolean) {
  const world = new World();
  const seeder = world.node("seeder");
  seeder.add(TORRENT, [], { pieces: "all" });
  const before = new ScriptedPeer(world, TORRENT);
  const reject = encodeMetadataMessage({ type: "reject", piece: 0 });
  before.script = {
    opened: () => {
      const handshake = encodeExtendedHandshake({
        metadataBytes: undefined,
        maxRequestsQueued: 1,
        client: "x",
      });
      before.say({ type: "extended", id: 0, payload: handshake });
    },
    heard: (message) => {
      if (isAlive && message.type === "extended" && message.id === OUR_METADATA_ID)
        before.say({ type: "extended", id: OUR_METADATA_ID, payload: reject });
    },
  };
  before.dial(seeder);
  await world.until(() => seeder.view().peers.length === 1);
  const comeBack = async (): Promise<ScriptedPeer> => {
    const again = new ScriptedPeer(world, TORRENT, before.peerId);
    again.script = { opened: () => again.say({ type: "interested" }) };
    again.dial(seeder, "198.51.100.2");
    await world.pass(500);
    return again;
  };
  const ends = (): CloseReason[] =>
    seeder.effects.flatMap((effect) => (effect.type === "close" ? [effect.reason] : []));
  return { world, seeder, before, comeBack, ends };
}

test("we serve a returning peer at once, and close its dead link within seconds", async () => {
  const { world, before, comeBack, ends } = await linked(false);
  await world.pass(30_000);
  const again = await comeBack();
  expect(again.messages.map(({ type }) => type)).toContain("unchoke");
  expect([before.links.length, again.links.length]).toEqual([1, 1]);
  await world.pass(pingMillis + sweepMillis);
  expect([before.links.length, again.links.length]).toEqual([0, 1]);
  expect(ends()).toEqual(["silent"]);
});

test("taking another peer's id does not displace that peer: it answers, and keeps its link", async () => {
  const { world, before, comeBack, ends } = await linked(true);
  await world.pass(30_000);
  const thief = await comeBack();
  expect(thief.links).toHaveLength(0);
  await world.pass(2 * pingMillis);
  expect(before.links).toHaveLength(1);
  expect(ends()).toEqual(["twin"]);
});

test("we drop a second link to a peer that we heard from just now", async () => {
  const { world, before, comeBack, ends } = await linked(false);
  await world.pass(aliveMillis - 1_000);
  const again = await comeBack();
  expect([before.links.length, again.links.length]).toEqual([1, 0]);
  expect(ends()).toEqual(["twin"]);
});

test("while we wait for the older of two links to a peer to answer, we accept no third", async () => {
  const { world, comeBack } = await linked(false);
  await world.pass(30_000);
  const [second, third] = [await comeBack(), await comeBack()];
  expect([second.links.length, third.links.length]).toEqual([1, 0]);
});

test("a newer link that ends while we ping the older one changes nothing", async () => {
  const { world, before, comeBack, ends } = await linked(false);
  await world.pass(30_000);
  const again = await comeBack();
  again.close();
  await world.pass(pingMillis + sweepMillis);
  expect(before.links).toHaveLength(1);
  expect(ends()).toEqual([]);
});
