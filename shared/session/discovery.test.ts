import { expect, test } from "vitest";
import { type PeerAddress, peerAddress } from "../announce/compact.ts";
import { type LinkId, linkIdCounter, millis, type PeerId } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { seededRandom } from "../base/random.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import { DIALLING } from "./dialling.ts";
import type { Effect } from "./effect.ts";
import type { AddressSource, Input } from "./input.ts";
import { Session } from "./session.ts";
import { STRANGERS } from "./strangers.ts";

const OPEN = sampleTorrent({ files: [["film.bin", 100_000]] });
const PRIVATE = sampleTorrent({ files: [["film.bin", 100_000]], isPrivate: true });

function at(port: number): PeerAddress {
  const ip = parseIp("192.0.2.1");
  if (ip === undefined) throw new Error("no address");
  return peerAddress(ip, port);
}

/** A session with one torrent, and its orders at each step. */
class Seeker {
  readonly newLink = linkIdCounter();
  readonly #session = new Session("1".repeat(40) as PeerId, DEFAULT_CONFIG, seededRandom(1), this.newLink, {
    dialling: DIALLING,
    strangers: STRANGERS,
  });
  readonly #torrent: SampleTorrent;

  constructor(torrent: SampleTorrent) {
    this.#torrent = torrent;
  }

  add(knowsMetadata: boolean, paused = false): readonly Effect[] {
    const { infoHash, info, infoBytes } = this.#torrent;
    const source = {
      infoHash,
      displayName: undefined,
      metadata: knowsMetadata ? { info, infoBytes } : undefined,
      trackers: [],
      held: undefined,
      selectedFiles: undefined,
      paused,
    };
    return this.feed({ type: "torrentAdded", source });
  }

  feed(input: Input): readonly Effect[] {
    return [...this.#session.handle(millis(0), input)];
  }

  /** Feeds a fact about the torrent, and returns the session's orders about discovery. */
  order(type: "torrentPaused" | "torrentResumed" | "torrentRemoved"): readonly string[] {
    return about(this.feed({ type, infoHash: this.#torrent.infoHash }));
  }

  /** The links dialled for these addresses. */
  find(source: AddressSource, ...ports: readonly number[]): readonly LinkId[] {
    const { infoHash } = this.#torrent;
    const addresses = ports.map(at);
    return this.feed({ type: "addressesFound", infoHash, source, addresses }).flatMap((effect) =>
      effect.type === "dial" ? [effect.link] : [],
    );
  }

  learnMetadata(): readonly Effect[] {
    const { infoHash, info, infoBytes } = this.#torrent;
    const metadata = { info, infoBytes };
    return this.feed({ type: "metadataChecked", infoHash, metadata, problem: undefined });
  }
}

function about(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap(({ type }) => (type === "discover" || type === "endDiscovery" ? [type] : []));
}

function closed(effects: readonly Effect[]): readonly LinkId[] {
  return effects.flatMap((effect) => (effect.type === "close" ? [effect.link] : []));
}

test("we look for peers while the torrent runs", () => {
  const seeker = new Seeker(OPEN);
  expect(about(seeker.add(true))).toEqual(["discover"]);
  expect(seeker.order("torrentPaused")).toEqual(["endDiscovery"]);
  expect(seeker.order("torrentResumed")).toEqual(["discover"]);
  expect(seeker.order("torrentRemoved")).toEqual(["endDiscovery"]);
});

test("a torrent added paused looks for nobody before it resumes", () => {
  const seeker = new Seeker(OPEN);
  expect(about(seeker.add(true, true))).toEqual([]);
  expect(seeker.order("torrentResumed")).toEqual(["discover"]);
});

test("a torrent that its storage stops no longer looks for peers", () => {
  const seeker = new Seeker(OPEN);
  seeker.add(true);
  const { infoHash } = OPEN;
  expect(
    about(seeker.feed({ type: "torrentFailed", infoHash, problem: "The disk is full.", piece: undefined })),
  ).toEqual(["endDiscovery"]);
});

test("a private torrent never looks for peers, and takes addresses from trackers alone", () => {
  const seeker = new Seeker(PRIVATE);
  expect(about(seeker.add(true))).toEqual([]);
  seeker.order("torrentPaused");
  expect(seeker.order("torrentResumed")).toEqual([]);
  for (const source of ["local", "dht", "exchange"] as const) expect(seeker.find(source, 7001)).toEqual([]);
  expect(seeker.find("tracker", 7001)).toHaveLength(1);
});

test("a torrent that turns out to be private keeps only peers from trackers", () => {
  const seeker = new Seeker(PRIVATE);
  expect(about(seeker.add(false))).toEqual(["discover"]);
  const [tracked] = seeker.find("tracker", 7001);
  const untracked = [
    ...seeker.find("local", 7002),
    ...seeker.find("dht", 7003),
    ...seeker.find("exchange", 7004),
  ];
  const [both] = seeker.find("dht", 7005);
  seeker.find("tracker", 7005);
  const accepted = seeker.newLink();
  seeker.feed({ type: "linkAccepted", link: accepted, address: at(50_000) });
  const { infoHash } = PRIVATE;
  const handshake = { infoHash, peerId: "2".repeat(40) as PeerId, fast: true, extended: true };
  seeker.feed({ type: "bytesArrived", link: accepted, bytes: encodeHandshake(handshake) });

  const effects = seeker.learnMetadata();
  expect(about(effects)).toEqual(["endDiscovery"]);
  expect(closed(effects)).toEqual([...untracked, accepted]);
  expect([tracked, both]).not.toContain(undefined);
});

test("we forget waiting addresses when the torrent turns out to be private", () => {
  const seeker = new Seeker(PRIVATE);
  seeker.add(false);
  const many = Array.from({ length: DEFAULT_CONFIG.maxDials + 5 }, (_, count) => 8_000 + count);
  expect(seeker.find("dht", ...many)).toHaveLength(DEFAULT_CONFIG.maxDials);
  seeker.learnMetadata();
  expect(seeker.find("tracker")).toEqual([]); // None is left to dial.
});

test("a magnet link's torrent that is not private goes on looking for peers", () => {
  const seeker = new Seeker(OPEN);
  seeker.add(false);
  seeker.find("local", 7001);
  const effects = seeker.learnMetadata();
  expect([about(effects), closed(effects)]).toEqual([[], []]);
});

test.each(["tracker", "exchange", "local", "dht"] as const)(
  "we do not dial ports of other services, whoever names them (%s)",
  (source) => {
    const seeker = new Seeker(OPEN);
    seeker.add(true);
    expect(seeker.find(source, 25, 1_023)).toEqual([]);
    expect(seeker.find(source, 1_024)).toHaveLength(1);
  },
);
