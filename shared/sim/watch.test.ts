import { describe, expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { concatBytes } from "../base/bytes.ts";
import type { LinkId, PieceIndex } from "../base/ids.ts";
import { DEFAULT_CONFIG } from "../session/config.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { encodeMessage, type Message } from "../wire/message.ts";
import { sampleTorrent } from "./sample-torrent.ts";
import { Watch } from "./watch.ts";
import { TRACKER, World } from "./world.test-support.ts";

const TORRENT = sampleTorrent({ files: [["film.bin", 4 * 16_384]], pieceLength: 16_384 });
const { infoHash, info, infoBytes } = TORRENT;
const PEER_ID = new World().newPeerId();
const LINK = 1 as LinkId;
const PIECE = 2 as PieceIndex;
const HELLO = encodeHandshake({ infoHash, peerId: PEER_ID, fast: true, extended: true });
const CONFIG = { ...DEFAULT_CONFIG, maxLinks: 4, maxPendingOffers: 2 };

type Step = { readonly heard: Input } | { readonly ordered: Effect };

const heard = (input: Input): Step => ({ heard: input });
const ordered = (effect: Effect): Step => ({ ordered: effect });

/** A session that holds these pieces, with one open link over which it has said hello. */
function started(...held: readonly number[]): Step[] {
  const bits = new Bitfield(info.layout.pieceCount);
  for (const piece of held) bits.set(piece);
  const source = {
    infoHash,
    displayName: undefined,
    metadata: { info, infoBytes },
    trackers: [[TRACKER]],
    held: bits,
    selectedFiles: undefined,
    paused: false,
  };
  return [
    heard({ type: "torrentAdded", source }),
    offers(LINK),
    heard({ type: "offerAnswered", link: LINK }),
    opened(LINK),
    send(HELLO),
  ];
}

function offers(...links: readonly number[]): Step {
  const announce = {
    type: "announce",
    tracker: TRACKER,
    infoHash,
    peerId: PEER_ID,
    event: "update",
  } as const;
  const amounts = { uploaded: 0, downloaded: 0, left: 1, freeSlots: 1 };
  const offered = links.map((link) => ({ link: link as LinkId, offerId: new World().newOfferId() }));
  return ordered({ ...announce, ...amounts, offers: offered });
}

function sendOn(link: number, ...parts: readonly Uint8Array[]): Step {
  return ordered({ type: "send", link: link as LinkId, bytes: concatBytes(parts) });
}

const send = sendOn.bind(undefined, LINK);

const say = (word: Exclude<Message, { type: "unknown" }>): Step => send(encodeMessage(word));
const checked = (good: boolean): Step =>
  heard({ type: "pieceChecked", infoHash, piece: PIECE, good, badCopies: [] });
const read: Step = ordered({ type: "readBlock", link: LINK, infoHash, piece: PIECE, begin: 0, length: 100 });
const write: Step = ordered({
  type: "writeBlock",
  infoHash,
  piece: PIECE,
  begin: 0,
  bytes: new Uint8Array(100),
});
const close: Step = ordered({ type: "close", link: LINK, reason: "silent" });
const paused: Step = heard({ type: "torrentPaused", infoHash });
const block = { type: "block", piece: PIECE, begin: 0, bytes: new Uint8Array(100) } as const;

function watched(...steps: readonly Step[]): Watch {
  const watch = new Watch(CONFIG);
  for (const step of steps) {
    if ("heard" in step) watch.input(step.heard);
    else watch.effect(step.ordered);
  }
  return watch;
}

const bits = (byte: number) => say({ type: "bitfield", bits: Uint8Array.of(byte) });

test.each<[string, readonly Step[]]>([
  ["says have of piece 2, unchecked", [...started(1), say({ type: "have", piece: PIECE })]],
  ["says have of piece 2, unchecked", [...started(1), checked(false), say({ type: "have", piece: PIECE })]],
  ["says bitfield of piece 3, unchecked", [...started(0, 1), bits(0b1101_0000)]],
  ["says block of piece 2, unchecked", [...started(1), say(block)]],
  ["says that it has all, and lacks some", [...started(0, 1, 2), say({ type: "haveAll" })]],
  ["serves piece 2 unchecked", [...started(1), read]],
  ["serves piece 2 unchecked", [...started(PIECE), lost(), read]],
  ["takes a block of piece 2, which it holds", [...started(PIECE), write]],
  ["takes a block of piece 2, which it holds", [...started(), write, checked(true), write]],
  ["takes a block of a paused torrent", [...started(), paused, write]],
  ["speaks of a paused torrent", [...started(1), paused, say({ type: "have", piece: 1 })]],
  ["offers links for a paused torrent", [...started(), paused, offers(2)]],
  ["closes link 1, which is gone", [...started(), close, close]],
  ["closes link 1, which is gone", [...started(), gone(), close]],
  ["reads for link 1, which is gone", [...started(PIECE), close, read]],
  ["has 3 offers waiting", [...started(), offers(2, 3), offers(4)]],
  ["has 5 links", [...started(), offers(2, 3), dial(4), dial(5)]],
  ["sends nothing", [...started(), send()]],
])("a session that %s breaks an invariant", (what, steps) => {
  expect(() => watched(...steps.slice(0, -1))).not.toThrow();
  expect(() => watched(...steps)).toThrow(`broken invariant: the session ${what}`);
});

test.each<[string, readonly Step[]]>([
  ["before it opens", [...started().slice(0, 3), say({ type: "choke" })]],
  ["after it closed", [...started(), close, say({ type: "choke" })]],
])("sending on a link %s breaks an invariant", (_, steps) => {
  expect(() => watched(...steps)).toThrow("sends on link 1, which is not open");
});

function lost(): Step {
  return heard({
    type: "blockRead",
    link: LINK,
    infoHash,
    piece: PIECE,
    begin: 0,
    length: 100,
    bytes: undefined,
  });
}

function gone(): Step {
  return heard({ type: "linkClosed", link: LINK, reason: "theyLeft" });
}

function answered(link: number): Step {
  return heard({ type: "offerAnswered", link: link as LinkId });
}

function accepted(link: number): Step {
  return heard({
    type: "linkAccepted",
    link: link as LinkId,
    address: new World().newAddress(),
  });
}

function opened(link: number): Step {
  return heard({ type: "linkOpened", link: link as LinkId });
}

function dial(link: number): Step {
  return ordered({
    type: "dial",
    link: link as LinkId,
    address: new World().newAddress(),
    prefersEncryption: false,
  });
}

describe("a session may", () => {
  test.each<[string, readonly Step[]]>([
    [
      "say have, and serve, once a piece is checked",
      [checked(true), say({ type: "have", piece: PIECE }), read],
    ],
    ["say that it has all once it has", [checked(true), say({ type: "haveAll" })]],
    ["take a block again after its check failed", [write, checked(false), write]],
    [
      "offer more links once others were answered",
      [offers(2, 3), answered(2), answered(3), close, offers(4)],
    ],
    [
      "speak again once resumed",
      [paused, heard({ type: "torrentResumed", infoHash }), say({ type: "choke" })],
    ],
  ])("%s", (_, steps) => {
    expect(() => watched(...started(0, 1, 3), ...steps)).not.toThrow();
  });

  test("have links of strangers beyond its limit, which count once it has spoken to them", () => {
    const strangers = [5, 6, 7, 8] as const;
    const steps = strangers.flatMap((link) => [accepted(link), opened(link)]);
    const spoken = strangers.map((link) => sendOn(link, HELLO));
    expect(() => watched(...started(), ...steps, offers(2))).not.toThrow();
    expect(() => watched(...started(), ...steps, ...spoken, offers(2))).toThrow("has 6 links");
  });
});

test("it counts what was fetched and served", () => {
  const arrived = heard({ type: "bytesArrived", link: LINK, bytes: new Uint8Array(7) });
  const watch = watched(...started(), arrived, write, write, checked(true), read, say(block));
  expect(watch.piecesFetched).toEqual([PIECE]);
  expect(watch.bytesServed).toBe(100);
  expect(watch.blockBytesSent).toBe(100);
  expect(watch.bytesReceived).toBe(7);
  expect(watch.bytesSent).toBe(68 + 13 + 100);
});
