import { expect, test } from "vitest";
import type { Handle, LinkId, PeerId } from "../base/ids.ts";
import type { World } from "../sim/world.test-support.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import {
  type Acquaintance,
  around,
  describes,
  offersHeard,
  SDP,
  TORRENT,
} from "./acquaintance.test-support.ts";
import type { Input } from "./input.ts";

const handle = (at: number): Handle => `${10_000_001 + at}`.repeat(2) as Handle;

type Around = Awaited<ReturnType<typeof around>>;

/** What happens to a link that an introducer gave us. Answered: its offer was. */
interface End {
  readonly answered: boolean;
  /** The answer. Absent: one that looks right. */
  readonly sdp?: string;
  readonly ends: (link: LinkId, around: Around) => readonly Input[];
  readonly waitMillis?: number;
}

const closed =
  (reason: "negotiationFailed" | "noRoute" | "theyLeft"): End["ends"] =>
  (link) => [{ type: "linkClosed", link, reason }];

const saying =
  (bytes: (around: Around) => Uint8Array): End["ends"] =>
  (link, around) => [
    { type: "linkOpened", link },
    { type: "bytesArrived", link, bytes: bytes(around) },
  ];

const from = (peerId: PeerId, infoHash = TORRENT.infoHash): Uint8Array =>
  encodeHandshake({ infoHash, peerId, fast: true, extended: true });

/** The second acquaintance sends bad pieces until it is banned. */
async function banSecond({ world, node, peers }: Around): Promise<void> {
  const [, liar] = peers;
  liar.say({ type: "have", piece: 1 });
  liar.script = {
    heard: (message) => {
      if (message.type !== "request") return;
      const { piece, begin, length } = message.range;
      liar.sayBlock(piece, begin, length, false);
    },
  };
  liar.say({ type: "unchoke" });
  await world.until(() => node.view().bannedPeers === 1);
}

const FAILURES: Record<string, End> = {
  "whose offers nobody answers": { answered: false, ends: () => [], waitMillis: 31_000 },
  "that cannot be negotiated": { answered: true, ends: closed("negotiationFailed") },
  "without a route": { answered: true, ends: closed("noRoute") },
  "that the other side gives up before they open": { answered: true, ends: closed("theyLeft") },
  "whose answer describes no data channel": { answered: true, sdp: "v=0\r\n", ends: () => [] },
  "on which somebody breaks the rules": { answered: true, ends: saying(() => new Uint8Array(68)) },
  "to ourselves": { answered: true, ends: saying(({ node }) => from(node.peerId)) },
  "to a banned peer": { answered: true, ends: saying(({ peers: [, liar] }) => from(liar.peerId)) },
};

/** Four introductions end so. Whether we ask the introducer for a fifth. */
async function asksOn(made: Around, { answered, sdp = SDP, ends, waitMillis = 100 }: End): Promise<boolean> {
  const { world, node, peers } = made;
  const [introducer] = peers;
  for (let each = 0; each < 4; each++) {
    nameNext(introducer, each);
    await untilOffered(world, introducer, each + 1);
    const offer = offersHeard(introducer)[each];
    if (answered && offer !== undefined) introducer.tell({ type: "answer", offerId: offer.offerId, sdp });
    await world.until(
      () =>
        !answered || sdp !== SDP || node.effects.filter(({ type }) => type === "takeAnswer").length > each,
    );
    const link = describes(node).flatMap((effect) => (effect.type === "describe" ? [effect.link] : []))[each];
    for (const input of ends(link as LinkId, made)) node.feed(input);
    await world.pass(waitMillis);
  }
  nameNext(introducer, 4);
  await world.pass(3_000);
  return offersHeard(introducer).length > 4;
}

/** It can no longer introduce the one before, so that nobody is asked for twice. */
function nameNext(introducer: Acquaintance, at: number): void {
  const added = [{ handle: handle(at), isSeed: false }];
  introducer.tell({ type: "peers", you: undefined, free: 30, added, dropped: [handle(at - 1)] });
}

async function untilOffered(world: World, introducer: Acquaintance, count: number): Promise<void> {
  await world.until(() => offersHeard(introducer).length === count);
}

test.each(Object.entries(FAILURES))("an introducer rests after four links %s", async (_, end) => {
  const made = await around(2);
  if (end === FAILURES["to a banned peer"]) await banSecond(made);
  expect(await asksOn(made, end)).toBe(false);
});

test("an introducer does not rest after four links to a peer that we know already", async () => {
  const made = await around(2);
  await made.world.pass(25_000);
  const end = { answered: true, ends: saying(({ peers: [, known] }) => from(known.peerId)) };
  expect(await asksOn(made, end)).toBe(true);
});

test("an introducer does not rest because we ended four links for want of room", async () => {
  const made = await around(2);
  const ends = (): readonly Input[] => [
    { type: "linksLimited", maxLinks: 2 },
    { type: "linksLimited", maxLinks: undefined },
  ];
  expect(await asksOn(made, { answered: false, ends })).toBe(true);
});

test("an introducer rests after four offers that others had to carry in its place", async () => {
  const { world, peers } = await around(2);
  const [slow, busy] = peers;
  busy.onMessage = (message) => {
    if (message.type === "offer") busy.tell({ type: "error", offerId: message.offerId, refusal: "busy" });
  };
  for (let each = 0; each < 4; each++) {
    nameNext(slow, each);
    await untilOffered(world, slow, each + 1);
    await world.pass(10_100);
    nameNext(busy, each + 50);
    await untilOffered(world, busy, each + 1);
    await world.pass(10_000);
  }
  nameNext(slow, 4);
  await world.pass(3_000);
  expect(offersHeard(slow)).toHaveLength(4);
});

test("an answer is for the offer that it names", async () => {
  const { world, node, peers } = await around(1);
  const [introducer] = peers;
  introducer.name([handle(1), handle(2)]);
  await untilOffered(world, introducer, 2);
  introducer.tell({ type: "answer", offerId: world.newOfferId(), sdp: SDP });
  await world.pass(100);
  expect(node.effects.filter(({ type }) => type === "takeAnswer")).toEqual([]);
});
