import { expect, test } from "vitest";
import { type PeerAddress, peerAddress, peerIp, peerPort } from "../announce/compact.ts";
import { type LinkId, linkIdCounter, millis, type PeerId } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { seededRandom } from "../base/random.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { decodeExtendedHandshake, encodeExtendedHandshake, OUR_EXCHANGE_ID } from "../wire/extension.ts";
import { Framer } from "../wire/framer.ts";
import { encodeHandshake, HANDSHAKE_BYTES } from "../wire/handshake.ts";
import { decodeMessage, encodeMessage, type Message } from "../wire/message.ts";
import { decodePeerExchange, encodePeerExchange, type PeerExchangeMessage } from "../wire/peer-exchange.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "./config.ts";
import { DIALLING } from "./dialling.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import { PEER_EXCHANGE } from "./peer-exchange.ts";
import { Session, type SessionParts } from "./session.ts";
import { STRANGERS } from "./strangers.ts";

const OPEN = sampleTorrent({ files: [["film.bin", 100_000]] });
const PRIVATE = sampleTorrent({ files: [["film.bin", 100_000]], isPrivate: true });
const MINUTE_MILLIS = 60_000;

function at(text: string, port: number): PeerAddress {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`${text} is no address`);
  return peerAddress(ip, port);
}

const here = (port: number): PeerAddress => at("192.0.2.1", port);

/** What a peer says about itself in its extended handshake. */
interface Said {
  readonly exchanges?: boolean;
  readonly port?: number;
}

/** Another peer, at the other end of a link. */
interface Other {
  readonly link: LinkId;
  readonly framer: Framer;
  readonly heard: Message[];
}

/** A session with one torrent and many scripted peers. */
class Party {
  readonly newLink = linkIdCounter();
  readonly effects: Effect[] = [];
  readonly #others: Other[] = [];
  readonly #session: Session;
  readonly #torrent: SampleTorrent;
  #now = 0;

  constructor(
    torrent: SampleTorrent,
    config: Partial<SessionConfig> = {},
    has: "all" | "metadata" | "hash" = "metadata",
    parts: SessionParts = { exchange: PEER_EXCHANGE },
  ) {
    this.#torrent = torrent;
    const all = { ...DEFAULT_CONFIG, maxLinks: 200, peersSought: 200, maxDials: 200, ...config };
    this.#session = new Session("1".repeat(40) as PeerId, all, seededRandom(1), this.newLink, {
      ...parts,
      dialling: DIALLING,
      strangers: STRANGERS,
    });
    const { infoHash, info, infoBytes } = torrent;
    this.feed({
      type: "torrentAdded",
      source: {
        infoHash,
        displayName: undefined,
        metadata: has === "hash" ? undefined : { info, infoBytes },
        trackers: [],
        held: undefined,
        selectedFiles: undefined,
        paused: false,
      },
    });
    const pieces = has === "all" ? info.layout.pieceCount : 0;
    for (let index = 0; index < pieces; index++) {
      const piece = info.layout.piece(index);
      if (piece !== undefined) this.feed({ type: "storedPieceChecked", infoHash, piece, good: true });
    }
  }

  feed(input: Input): readonly Effect[] {
    const effects = this.#session.handle(millis(this.#now), input);
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type !== "send") continue;
      const other = this.#others.find(({ link }) => link === effect.link);
      for (const frame of other?.framer.push(effect.bytes) ?? [])
        if (frame.length !== HANDSHAKE_BYTES || frame[0] !== 0x13) other?.heard.push(decodeMessage(frame));
    }
    return effects;
  }

  pass(delayMillis: number): void {
    const until = this.#now + delayMillis;
    for (;;) {
      const next = this.#session.nextDeadline();
      if (next === undefined || next > until) break;
      this.#now = Math.max(next, this.#now);
      this.feed({ type: "deadlinePassed" });
      for (const { link } of this.#others) this.#hear(link, new Uint8Array(4)); // Keeps all of them alive.
    }
    this.#now = until;
  }

  /** Somebody dials us. */
  accept(from: PeerAddress, extended: Said | undefined, peerId?: PeerId, isEncrypted = false): Other {
    const link = this.newLink();
    const other = this.#meet(link);
    this.feed({ type: "linkAccepted", link, address: from });
    if (isEncrypted) this.feed({ type: "linkEncrypted", link });
    this.#greet(other, extended, peerId);
    return other;
  }

  /** We dial somebody. */
  dial(address: PeerAddress, extended: Said | undefined, peerId?: PeerId): Other {
    const [link] = this.find(address);
    if (link === undefined) throw new Error("nobody is dialled");
    const other = this.#meet(link);
    this.feed({ type: "linkOpened", link });
    this.#greet(other, extended, peerId);
    return other;
  }

  find(...addresses: readonly PeerAddress[]): readonly LinkId[] {
    const { infoHash } = this.#torrent;
    return this.feed({ type: "addressesFound", infoHash, source: "tracker", addresses }).flatMap((effect) =>
      effect.type === "dial" ? [effect.link] : [],
    );
  }

  say({ link }: Other, message: Exclude<Message, { type: "unknown" }>): readonly Effect[] {
    return this.#hear(link, encodeMessage(message));
  }

  /** One peer tells of others. Returns the ports we dial for it. */
  tell(other: Other, ...addresses: readonly PeerAddress[]): readonly number[] {
    return portsDialled(this.tellAll(other, { addresses }));
  }

  tellAll(
    other: Other,
    {
      addresses,
      isSeed = false,
      prefersEncryption = false,
    }: { addresses: readonly PeerAddress[]; isSeed?: boolean; prefersEncryption?: boolean },
  ): readonly Effect[] {
    const added = addresses.map((address) => ({
      ip: peerIp(address),
      port: peerPort(address),
      prefersEncryption,
      isSeed,
      isReachable: true,
    }));
    const payload = encodePeerExchange({ added, dropped: [] });
    return this.say(other, { type: "extended", id: OUR_EXCHANGE_ID, payload });
  }

  leave({ link }: Other): void {
    this.#others.splice(
      this.#others.findIndex((other) => other.link === link),
      1,
    );
    this.feed({ type: "linkClosed", link, reason: "theyLeft" });
  }

  learnMetadata(): void {
    const { infoHash, info, infoBytes } = this.#torrent;
    this.feed({ type: "metadataChecked", infoHash, metadata: { info, infoBytes }, problem: undefined });
  }

  #meet(link: LinkId): Other {
    const other = { link, framer: new Framer(), heard: [] };
    this.#others.push(other);
    return other;
  }

  #greet(
    { link }: Other,
    extended: Said | undefined,
    peerId = link.toString(16).padStart(40, "a") as PeerId,
  ): void {
    const { infoHash } = this.#torrent;
    const handshake = { infoHash, peerId, fast: true, extended: extended !== undefined };
    this.#hear(link, encodeHandshake(handshake));
    if (extended === undefined) return;
    const theirs = { metadataBytes: undefined, maxRequestsQueued: 100, client: "other" };
    const payload = encodeExtendedHandshake({ ...theirs, ...extended });
    this.#hear(link, encodeMessage({ type: "extended", id: 0, payload }));
  }

  #hear(link: LinkId, bytes: Uint8Array): readonly Effect[] {
    return this.feed({ type: "bytesArrived", link, bytes });
  }
}

function portsDialled(effects: readonly Effect[]): readonly number[] {
  return effects.flatMap((effect) => (effect.type === "dial" ? [peerPort(effect.address)] : []));
}

/** What we told a peer, message by message. */
function told({ heard }: Other): readonly PeerExchangeMessage[] {
  return heard.flatMap((message) =>
    message.type === "extended" && message.id === OUR_EXCHANGE_ID
      ? [decodePeerExchange(message.payload)]
      : [],
  );
}

const ports = (peers: readonly { readonly port: number }[] = []): readonly number[] =>
  peers.map(({ port }) => port);

/** What we said about ourselves. */
function ourHandshake({ heard }: Other): ReturnType<typeof decodeExtendedHandshake> | undefined {
  const said = heard.find((message) => message.type === "extended" && message.id === 0);
  return said?.type === "extended" ? decodeExtendedHandshake(said.payload) : undefined;
}

const LISTENS = { exchanges: true };

test("we say at which port we listen, and that we support peer exchange", () => {
  const party = new Party(OPEN, { port: 7_000 });
  expect(ourHandshake(party.accept(here(50_000), LISTENS))).toMatchObject({
    port: 7_000,
    exchangeId: OUR_EXCHANGE_ID,
  });
});

test("we tell a peer of all others that can be dialled, but not of itself", () => {
  const party = new Party(OPEN);
  const dialled = party.dial(here(7_001), undefined);
  party.say(dialled, { type: "haveAll" });
  party.accept(here(50_002), { port: 7_002 });
  party.accept(here(50_003), {}); // We do not know where it listens.
  party.accept(here(50_004), { port: 80 });
  party.find(here(7_005)); // We are still dialling this one.
  const newcomer = party.accept(here(50_006), { ...LISTENS, port: 7_006 });
  party.pass(1_000);
  expect(told(newcomer)).toEqual([
    {
      added: [
        { ip: parseIp("192.0.2.1"), port: 7_001, prefersEncryption: false, isSeed: true, isReachable: true },
        {
          ip: parseIp("192.0.2.1"),
          port: 7_002,
          prefersEncryption: false,
          isSeed: false,
          isReachable: false,
        },
      ],
      dropped: [],
    },
  ]);
});

test("we tell a peer which others take encrypted links, whoever dialled", () => {
  const party = new Party(OPEN);
  const { link } = party.dial(here(7_001), undefined);
  party.feed({ type: "linkEncrypted", link });
  party.accept(here(50_002), { port: 7_002 }, undefined, true);
  party.accept(here(50_003), { port: 7_003 });
  const said = party.accept(here(50_004), { port: 7_004 });
  const payload = new TextEncoder().encode("d1:ei1e1:pi7004ee");
  party.say(said, { type: "extended", id: 0, payload });
  const newcomer = party.accept(here(50_006), LISTENS);
  party.pass(1_000);
  const [{ added } = { added: [] }] = told(newcomer);
  expect(added.map(({ port, prefersEncryption }) => [port, prefersEncryption])).toEqual([
    [7_001, true],
    [7_002, true],
    [7_003, false],
    [7_004, true],
  ]);
});

test("we tell others where a peer that dialled us listens if our own dial there ended as a twin", () => {
  const party = new Party(OPEN);
  const lower = "0".repeat(40) as PeerId; // So its own link stays.
  const accepted = party.accept(here(50_001), {}, lower);
  const dialled = party.dial(here(7_001), undefined, lower);
  expect(party.effects).toContainEqual({ type: "close", link: dialled.link, reason: "twin" });
  const listener = party.accept(here(50_002), LISTENS);
  party.pass(1_000);
  expect(told(listener)).toMatchObject([{ added: [{ port: 7_001, isReachable: false }] }]);
  party.leave(accepted);
  party.pass(MINUTE_MILLIS);
  expect(told(listener).slice(1)).toMatchObject([{ added: [], dropped: [{ port: 7_001 }] }]);
});

test("afterwards we tell a peer once a minute what changed, and nothing if nothing did", () => {
  const party = new Party(OPEN);
  const first = party.accept(here(50_001), { port: 7_001 });
  const listener = party.accept(here(50_009), LISTENS);
  party.pass(1_000);
  expect(told(listener)).toHaveLength(1);

  party.accept(here(50_002), { port: 7_002 });
  party.leave(first);
  party.pass(MINUTE_MILLIS - 2_000);
  expect(told(listener)).toHaveLength(1);
  party.pass(2_000);
  expect(told(listener).slice(1)).toMatchObject([{ added: [{ port: 7_002 }], dropped: [{ port: 7_001 }] }]);

  party.pass(10 * MINUTE_MILLIS);
  expect(told(listener)).toHaveLength(2);
});

test("no message names more than fifty peers, nor more than fifty that left; the rest waits", () => {
  const party = new Party(OPEN);
  const many = Array.from({ length: 120 }, (_, count) => party.dial(here(8_000 + count), undefined));
  const listener = party.accept(here(50_009), LISTENS);
  party.pass(3 * MINUTE_MILLIS);
  for (const other of many) party.leave(other);
  party.pass(3 * MINUTE_MILLIS);
  const counts = told(listener).map(({ added, dropped }) => [added.length, dropped.length]);
  expect(counts).toEqual([
    [50, 0],
    [50, 0],
    [20, 0],
    [0, 50],
    [0, 50],
    [0, 20],
  ]);
});

test("we tell nothing to a peer without peer exchange", () => {
  const party = new Party(OPEN);
  party.dial(here(7_001), undefined);
  const deaf = party.accept(here(50_002), {});
  party.pass(MINUTE_MILLIS);
  expect(told(deaf)).toEqual([]);
});

test("we tell addresses of a private network to peers inside it, and to nobody outside", () => {
  const party = new Party(OPEN);
  party.dial(at("192.168.1.5", 7_001), undefined);
  party.dial(at("127.0.0.1", 7_002), undefined);
  const outside = party.accept(here(50_003), LISTENS);
  const inside = party.accept(at("192.168.1.6", 50_004), LISTENS);
  party.pass(1_000);
  expect(told(outside)).toEqual([]);
  expect(ports(told(inside)[0]?.added)).toEqual([7_001]);
});

test("we dial peers that others name, but no ports of other services, and nothing private named from outside", () => {
  const party = new Party(OPEN);
  const teller = party.accept(here(50_001), {});
  expect(party.tell(teller, here(1_023), here(7_002), at("10.0.0.1", 7_003), at("127.0.0.1", 7_004))).toEqual(
    [7_002],
  );
  const neighbour = party.accept(at("10.0.0.9", 50_002), {});
  expect(party.tell(neighbour, at("10.0.0.1", 7_003), at("127.0.0.1", 7_004))).toEqual([7_003]);
});

test("who dials a peer learns whether another one says that it prefers encryption", () => {
  const party = new Party(OPEN);
  const [one, other] = [party.accept(here(50_001), LISTENS), party.accept(here(50_002), LISTENS)];
  party.tellAll(one, { addresses: [here(7_001)], prefersEncryption: true });
  party.tell(other, here(7_002));
  party.find(here(7_003));
  const dials = party.effects.flatMap((effect) =>
    effect.type === "dial" ? [[peerPort(effect.address), effect.prefersEncryption]] : [],
  );
  expect(dials).toEqual([
    [7_001, true],
    [7_002, false],
    [7_003, false],
  ]);
});

test("we ignore a message that comes too soon", () => {
  const party = new Party(OPEN);
  const teller = party.accept(here(50_001), {});
  expect(party.tell(teller, here(7_002))).toEqual([7_002]);
  party.pass(29_000);
  expect(party.tell(teller, here(7_003))).toEqual([]);
  party.pass(1_000);
  expect(party.tell(teller, here(7_004))).toEqual([7_004]);
});

const many = (from: number): PeerAddress[] => Array.from({ length: 150 }, (_, count) => here(from + count));

test("we take only a hundred peers from one message", () => {
  const party = new Party(OPEN, { candidates: { ...DEFAULT_CONFIG.candidates, maxPerTeller: 1_000 } });
  expect(party.tell(party.accept(here(50_001), {}), ...many(8_000))).toHaveLength(100);
});

test("nobody fills the list of addresses alone, not even on many links, or from many addresses of one network", () => {
  const party = new Party(OPEN);
  expect(party.tell(party.accept(here(50_001), {}), ...many(8_000))).toHaveLength(100);
  expect(party.tell(party.accept(here(50_002), {}), ...many(9_000))).toEqual([]);
  expect(party.tell(party.accept(at("192.0.2.2", 50_003), {}), ...many(9_000)).length).toBeGreaterThan(0);
  const other = new Party(OPEN);
  expect(other.tell(other.accept(at("2001:db8::1", 50_001), {}), ...many(8_000))).toHaveLength(100);
  expect(other.tell(other.accept(at("2001:db8::2", 50_002), {}), ...many(9_000))).toEqual([]);
});

test("a seeder dials no seeders", () => {
  const isSeed = { addresses: [here(7_002)], isSeed: true };
  const seeder = new Party(OPEN, {}, "all");
  expect(portsDialled(seeder.tellAll(seeder.accept(here(50_001), {}), isSeed))).toEqual([]);
  const leecher = new Party(OPEN);
  expect(portsDialled(leecher.tellAll(leecher.accept(here(50_001), {}), isSeed))).toEqual([7_002]);
});

test.each([
  ["for a private torrent", () => new Party(PRIVATE)],
  ["with peer exchange switched off", () => new Party(OPEN, {}, "metadata", {})],
])("%s we do not ask for, send or read peers", (_, newParty) => {
  const party = newParty();
  party.dial(here(7_001), undefined);
  const other = party.accept(here(50_002), LISTENS);
  party.pass(MINUTE_MILLIS);
  expect(ourHandshake(other)?.exchangeId).toBeUndefined();
  expect(told(other)).toEqual([]);
  expect(party.tell(other, here(7_003))).toEqual([]);
});

test("until the metadata shows that a torrent is not private, we listen but tell nothing", () => {
  const party = new Party(OPEN, {}, "hash");
  party.dial(here(7_001), undefined);
  const other = party.accept(here(50_002), LISTENS);
  expect(ourHandshake(other)?.exchangeId).toBe(OUR_EXCHANGE_ID);
  expect(party.tell(other, here(7_003))).toEqual([7_003]);
  party.pass(MINUTE_MILLIS);
  expect(told(other)).toEqual([]);
  party.learnMetadata();
  party.pass(1_000);
  expect(ports(told(other)[0]?.added)).toEqual([7_001]);
});

test("we ignore a message that makes no sense, and the link stays", () => {
  const party = new Party(OPEN);
  const other = party.accept(here(50_001), {});
  const nonsense = { type: "extended", id: OUR_EXCHANGE_ID, payload: new Uint8Array([1, 2, 3]) } as const;
  expect(party.say(other, nonsense)).toMatchObject([{ type: "happened", what: { type: "leftOut" } }]);
});
