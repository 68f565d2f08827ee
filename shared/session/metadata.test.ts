import { describe, expect, test } from "vitest";
import type { SimNode } from "../sim/node.test-support.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { type ScriptedPeer, scriptedSeeder } from "../sim/scripted-peer.test-support.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import {
  decodeMetadataMessage,
  encodeExtendedHandshake,
  encodeMetadataMessage,
  METADATA_PIECE_BYTES,
  OUR_METADATA_ID,
} from "../wire/extension.ts";
import type { Message } from "../wire/message.ts";
import { DEFAULT_CONFIG } from "./config.ts";

const SMALL = sampleTorrent({ files: [["film.bin", 2_000_000]] });
/** Its metadata has nine pieces. */
const LARGE = sampleTorrent({ files: [["film.bin", 100_000_000]], pieceLength: 16_384, sparse: true });
const LARGE_PIECES = Math.ceil(LARGE.infoBytes.length / METADATA_PIECE_BYTES);
const LIMIT = DEFAULT_CONFIG.metadata.maxBytes;

interface Giving {
  /** The size it claims. */
  readonly bytes?: number;
  /** What it sends for the `count`th request on this link. Undefined: nothing. */
  readonly give: (piece: number, count: number) => Uint8Array | undefined;
  /** How long it waits before it sends. */
  readonly delayMillis?: number;
  readonly given?: () => void;
}

/** A peer that claims to have the metadata. */
function giver(
  world: World,
  torrent: SampleTorrent,
  { bytes, give, delayMillis = 0, given }: Giving,
): ScriptedPeer {
  const metadataBytes = bytes ?? torrent.infoBytes.length;
  let count = 0;
  const peer = scriptedSeeder(world, torrent, {
    opened: (link) => {
      count = 0;
      const payload = encodeExtendedHandshake({ metadataBytes, maxRequestsQueued: 250, client: "giver" });
      peer.say({ type: "extended", id: 0, payload }, link);
    },
    heard: (message, link) => {
      const piece = pieceAsked(message);
      if (piece === undefined) return;
      const data = give(piece, ++count);
      if (data === undefined) return;
      const payload = encodeMetadataMessage({ type: "data", piece, totalBytes: metadataBytes, bytes: data });
      world.scheduler.after(delayMillis, () => {
        given?.();
        if (peer.links.includes(link)) peer.say({ type: "extended", id: OUR_METADATA_ID, payload }, link);
      });
    },
  });
  return peer;
}

function pieceAsked(message: Message): number | undefined {
  if (message.type !== "extended" || message.id !== OUR_METADATA_ID) return undefined;
  const asked = decodeMetadataMessage(message.payload);
  return asked?.type === "request" ? asked.piece : undefined;
}

const piecesAsked = ({ messages }: ScriptedPeer): number[] =>
  messages.flatMap((message) => pieceAsked(message) ?? []);

const right =
  ({ infoBytes }: SampleTorrent) =>
  (piece: number): Uint8Array =>
    infoBytes.slice(piece * METADATA_PIECE_BYTES, (piece + 1) * METADATA_PIECE_BYTES);

function wrong(torrent: SampleTorrent): (piece: number) => Uint8Array {
  const good = right(torrent);
  return (piece) => good(piece).fill(0x65);
}

const ofTheClaim =
  (bytes: number) =>
  (piece: number): Uint8Array =>
    new Uint8Array(Math.min(METADATA_PIECE_BYTES, bytes - piece * METADATA_PIECE_BYTES));

/** A node that has only the info-hash, and links to all these peers. */
async function leecherOf(
  world: World,
  torrent: SampleTorrent,
  peers: readonly ScriptedPeer[],
): Promise<SimNode> {
  const leecher = world.node("leecher");
  leecher.add(torrent, [TRACKER]);
  for (const peer of peers) peer.offerTo(leecher);
  await world.until(() => leecher.view().peers.length === peers.length);
  await world.pass(100);
  return leecher;
}

const knowsMetadata = (leecher: SimNode) => (): boolean => leecher.view().phase !== "metadata";

describe("peers that were there first and", () => {
  const silent: Giving = { give: () => undefined };
  const trickle = (bytes: number): Giving => ({ bytes, give: ofTheClaim(bytes), delayMillis: 2_000 });

  test.each<[string, readonly Giving[]]>([
    ["say nothing", Array(2).fill(silent)],
    ["say nothing, twelve of them", Array(12).fill(silent)],
    ["trickle 10 MB", Array(2).fill(trickle(LIMIT))],
    ["trickle different sizes, twelve of them", Array.from({ length: 12 }, (_, at) => trickle(LIMIT - at))],
    ["claim more than the limit", [{ ...silent, bytes: LIMIT + 1 }]],
    ["trickle the right bytes", Array(2).fill({ give: right(LARGE), delayMillis: 4_000 })],
    [
      "send the first piece only",
      Array(3).fill({
        give: (piece: number, count: number) => (count > 1 ? undefined : right(LARGE)(piece)),
      }),
    ],
  ])("%s do not hold up an honest one", async (_, givings) => {
    const world = new World();
    const leecher = await leecherOf(
      world,
      LARGE,
      givings.map((giving) => giver(world, LARGE, giving)),
    );
    giver(world, LARGE, { give: right(LARGE) }).offerTo(leecher);
    await world.until(knowsMetadata(leecher), 2_500);
  });
});

describe("several peers that send metadata", () => {
  test("get requests for different pieces", async () => {
    const world = new World();
    const peers = [1, 2, 3].map(() => giver(world, LARGE, { give: right(LARGE), delayMillis: 200 }));
    const leecher = await leecherOf(world, LARGE, peers);
    await world.until(knowsMetadata(leecher), 2_000);
    const asked = peers.flatMap(piecesAsked);
    expect(asked.length).toBeLessThanOrEqual(LARGE_PIECES + peers.length);
    for (const peer of peers) expect(piecesAsked(peer).length).toBeGreaterThan(1);
  });

  test("complete what one sent before it left", async () => {
    const world = new World();
    const leaving = giver(world, LARGE, {
      give: (piece, count) => (count > 5 ? undefined : right(LARGE)(piece)),
    });
    const leecher = await leecherOf(world, LARGE, [leaving]);
    leaving.close();
    const next = giver(world, LARGE, { give: right(LARGE) });
    next.offerTo(leecher);
    await world.until(knowsMetadata(leecher), 1_000);
    expect(piecesAsked(next)).toHaveLength(LARGE_PIECES - 5);
  });

  test("with a liar among them then send one copy each, and we ban only the liar", async () => {
    const world = new World();
    const honest = [1, 2].map(() => giver(world, LARGE, { give: right(LARGE), delayMillis: 100 }));
    const liar = giver(world, LARGE, { give: wrong(LARGE) });
    const leecher = await leecherOf(world, LARGE, [liar, ...honest]);
    await world.until(knowsMetadata(leecher), 4_000);
    await world.pass(1_000);
    expect(leecher.view().bannedPeers).toBeLessThanOrEqual(1);
    expect(honest.every(({ links }) => links.length === 1)).toBe(true);
  });

  test("and all lie are banned one after the other, each for its own copy", async () => {
    const world = new World();
    const liars = [1, 2, 3].map(() => giver(world, LARGE, { give: wrong(LARGE) }));
    const leecher = await leecherOf(world, LARGE, liars);
    await world.until(() => leecher.view().bannedPeers === liars.length);
    giver(world, LARGE, { give: right(LARGE) }).offerTo(leecher);
    await world.until(knowsMetadata(leecher), 2_000);
  });
});

test("we reconnect to a peer that ignores the second of two requests, and ask it for one at a time", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  let waiting = 0;
  let isStuck = false;
  const rtorrent = giver(world, LARGE, {
    give: (piece, count) => {
      if (count === 1) [waiting, isStuck] = [0, false];
      waiting += 1;
      if (isStuck || waiting > 1) isStuck = true;
      return isStuck ? undefined : right(LARGE)(piece);
    },
    delayMillis: 50,
    given: () => {
      waiting -= 1;
    },
  }).listen();
  leecher.add(LARGE, [TRACKER]);
  leecher.feed({
    type: "addressesFound",
    infoHash: LARGE.infoHash,
    source: "tracker",
    addresses: [rtorrent.address],
  });
  await world.until(knowsMetadata(leecher), DEFAULT_CONFIG.metadata.answerMillis + 4_000);
  expect(leecher.view().peers).toHaveLength(1);
});

test("fake metadata gets its sender banned, and we ask the next peer", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const size = SMALL.infoBytes.length;
  const faker = scriptedSeeder(world, SMALL, {
    opened: () => {
      const payload = encodeExtendedHandshake({ metadataBytes: size, maxRequestsQueued: 1, client: "faker" });
      faker.say({ type: "extended", id: 0, payload });
    },
    heard: (message) => {
      if (message.type !== "extended" || message.id === 0) return;
      const data = { type: "data", piece: 0, totalBytes: size, bytes: new Uint8Array(size) } as const;
      faker.say({ type: "extended", id: OUR_METADATA_ID, payload: encodeMetadataMessage(data) });
    },
  }).join();
  leecher.add(SMALL, [TRACKER]);
  await world.until(() => leecher.view().bannedPeers === 1);
  const seeder = world.node("seeder");
  seeder.add(SMALL, [TRACKER], { pieces: "all" });
  await world.until(() => leecher.isSeeding());
  expect(leecher.effects).toContainEqual({ type: "close", link: expect.any(Number), reason: "banned" });
});

test("we ask a peer that refused the metadata again later", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  let refusals = 0;
  const payload = encodeExtendedHandshake({
    metadataBytes: SMALL.infoBytes.length,
    maxRequestsQueued: 1,
    client: "busy",
  });
  const busy = scriptedSeeder(world, SMALL, {
    opened: () => busy.say({ type: "extended", id: 0, payload }),
    heard: (message) => {
      if (message.type !== "extended" || message.id === 0) return;
      refusals += 1;
      const answer =
        refusals < 3
          ? ({ type: "reject", piece: 0 } as const)
          : ({
              type: "data",
              piece: 0,
              totalBytes: SMALL.infoBytes.length,
              bytes: SMALL.infoBytes,
            } as const);
      busy.say({ type: "extended", id: OUR_METADATA_ID, payload: encodeMetadataMessage(answer) });
    },
  }).join();
  leecher.add(SMALL, [TRACKER]);
  await world.until(() => leecher.view().phase === "downloading");
  expect(refusals).toBe(3);
});

test("we ask a peer that refused the metadata again as soon as it offers it", async () => {
  const world = new World();
  const leecher = world.node("leecher");
  const payload = encodeExtendedHandshake({
    metadataBytes: SMALL.infoBytes.length,
    maxRequestsQueued: 1,
    client: "busy",
  });
  const sayHandshake = (): void => busy.say({ type: "extended", id: 0, payload });
  const requests = (): number =>
    busy.messages.filter((message) => message.type === "extended" && message.id !== 0).length;
  const busy = scriptedSeeder(world, SMALL, {
    opened: sayHandshake,
    heard: (message) => {
      if (message.type !== "extended" || message.id === 0) return;
      const answer = encodeMetadataMessage({ type: "reject", piece: 0 });
      busy.say({ type: "extended", id: OUR_METADATA_ID, payload: answer });
    },
  }).join();
  leecher.add(SMALL, [TRACKER]);
  await world.until(() => requests() === 1);
  await world.pass(100);
  sayHandshake();
  await world.pass(100);
  expect(requests()).toBe(2);
});
