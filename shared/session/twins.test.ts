import { describe, expect, test } from "vitest";
import { peerAddress } from "../announce/compact.ts";
import {
  type InfoHash,
  type LinkId,
  linkIdCounter,
  millis,
  type PeerId,
  type TrackerUrl,
} from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { seededRandom } from "../base/random.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import { DIALLING } from "./dialling.ts";
import type { Effect, OfferedLink } from "./effect.ts";
import type { Input } from "./input.ts";
import { Session } from "./session.ts";
import { STRANGERS } from "./strangers.ts";

const INFO_HASH = "ab".repeat(20) as InfoHash;
const STRANGER = "9".repeat(40) as PeerId;
const TRACKER = "wss://tracker.test/" as TrackerUrl;

/** One of two sessions that connect to each other. */
class Side {
  readonly peerId: PeerId;
  readonly offers: readonly OfferedLink[];
  readonly closed: LinkId[] = [];
  now = 0;
  readonly #newLink = linkIdCounter();
  readonly #session: Session;

  constructor(digit: string) {
    this.peerId = digit.repeat(40) as PeerId;
    this.#session = new Session(this.peerId, DEFAULT_CONFIG, seededRandom(Number(digit)), this.#newLink, {
      dialling: DIALLING,
      strangers: STRANGERS,
    });
    const source = {
      infoHash: INFO_HASH,
      displayName: undefined,
      metadata: undefined,
      trackers: [[TRACKER]],
    };
    const state = { held: undefined, selectedFiles: undefined, paused: false };
    this.feed({ type: "torrentAdded", source: { ...source, ...state } });
    const counts = {
      intervalSeconds: 100,
      minIntervalSeconds: undefined,
      seeders: 0,
      leechers: 9,
      warning: undefined,
    };
    const effects = this.feed({ type: "announceAnswered", tracker: TRACKER, infoHash: INFO_HASH, ...counts });
    this.offers = effects.flatMap((effect) => (effect.type === "announce" ? effect.offers : []));
  }

  feed(input: Input): readonly Effect[] {
    const effects = this.#session.handle(millis(this.now), input);
    for (const effect of effects) if (effect.type === "close") this.closed.push(effect.link);
    return effects;
  }

  takeOffer({ offerId }: OfferedLink, peerId: PeerId): LinkId {
    const offer = { tracker: TRACKER, infoHash: INFO_HASH, peerId, offerId, sdp: "offer" };
    return linkOf(this.feed({ type: "offerArrived", ...offer }), "answerOffer");
  }

  dial(): LinkId {
    const found = { infoHash: INFO_HASH, source: "tracker", addresses: [ADDRESS] } as const;
    return linkOf(this.feed({ type: "addressesFound", ...found }), "dial");
  }

  accept(): LinkId {
    const link = this.#newLink();
    this.feed({ type: "linkAccepted", link, address: ADDRESS });
    return link;
  }

  open(link: LinkId, other: Side): void {
    this.feed({ type: "linkOpened", link });
    const handshake = { infoHash: INFO_HASH, peerId: other.peerId, fast: true, extended: true };
    this.feed({ type: "bytesArrived", link, bytes: encodeHandshake(handshake) });
  }
}

const ip = parseIp("192.0.2.1");
if (ip === undefined) throw new Error("no address");
const ADDRESS = peerAddress(ip, 7001);

function linkOf(effects: readonly Effect[], type: "answerOffer" | "dial"): LinkId {
  const effect = effects.find((each) => each.type === type);
  if (effect?.type !== type) throw new Error(`no ${type}`);
  return effect.link;
}

/** A link's two ends. */
type Ends = readonly [LinkId, LinkId];

/** The tracker names a wrong sender for the second offer: otherwise it would get no answer. */
function offered(one: Side, two: Side, at: 0 | 1): Ends {
  const offer = one.offers[at];
  if (offer === undefined) throw new Error(`no offer ${at}`);
  return [offer.link, two.takeOffer(offer, at === 0 ? one.peerId : STRANGER)];
}

const turned = ([two, one]: Ends): Ends => [one, two];

/** Every way in which the two can get a link. */
const WAYS: Record<string, (one: Side, two: Side) => Ends> = {
  "one offers": (one, two) => offered(one, two, 0),
  "one offers again": (one, two) => offered(one, two, 1),
  "two offers": (one, two) => turned(offered(two, one, 0)),
  "two offers again": (one, two) => turned(offered(two, one, 1)),
  "one dials": (one, two) => [one.dial(), two.accept()],
  "two dials": (one, two) => turned([two.dial(), one.accept()]),
};

const PAIRS = Object.keys(WAYS).flatMap((first, at) =>
  Object.keys(WAYS)
    .slice(at + 1)
    .map((second) => [first, second] as const),
);

/** Which of two links stay on each side; the sides may see them open in different orders. */
function whatStays(
  ways: readonly string[],
  orders: readonly [boolean, boolean],
): readonly (readonly string[])[] {
  const [one, two] = [new Side("1"), new Side("2")];
  const links = ways.map((way) => ({ way, ends: (WAYS[way] as (typeof WAYS)[string])(one, two) }));
  return [one, two].map((side, at) => {
    const inOrder = orders[at] ? links : links.toReversed();
    for (const { ends } of inOrder) side.open(ends[at] as LinkId, side === one ? two : one);
    return links.filter(({ ends }) => !side.closed.includes(ends[at] as LinkId)).map(({ way }) => way);
  });
}

describe.each(PAIRS)("of two links between the same peers, where %s and %s,", (first, second) => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])("one stays, the same on both sides, in whatever order they open (%j, %j)", (...orders) => {
    const [atOne, atTwo] = whatStays([first, second], orders);
    expect(atOne).toHaveLength(1);
    expect(atTwo).toEqual(atOne);
  });
});

test.each(PAIRS.filter((pair) => pair.filter((way) => way.endsWith("dials")).length === 1))(
  "TCP stays where %s and %s",
  (...pair) => {
    const [stays] = whatStays(pair, [true, false]);
    expect(stays).toEqual(pair.filter((way) => way.endsWith("dials")));
  },
);

test.each(PAIRS.filter(([first, second]) => /^one offers/.test(first) && /^two offers/.test(second)))(
  "the lower peer id's offer stays where %s and %s",
  (...pair) => {
    const [stays] = whatStays(pair, [true, false]);
    expect(stays).toEqual([pair[0]]);
  },
);

test.each([
  ["two offers", "one offers", 29_999, "one offers"],
  ["two offers", "one offers", 30_000, "two offers"],
  ["one offers", "two offers", 30_000, "one offers"],
  ["two offers", "one dials", 30_000, "one dials"],
])(
  "of a link where %s and a newer one where %s after %i ms, that where %s stays",
  (first, second, millis, stays) => {
    const [one, two] = [new Side("1"), new Side("2")];
    const links = [first, second].map((way) => ({
      way,
      ends: (WAYS[way] as (typeof WAYS)[string])(one, two),
    }));
    for (const [at, side] of [one, two].entries()) {
      for (const { ends } of links) {
        side.open(ends[at] as LinkId, side === one ? two : one);
        side.now += millis;
      }
      expect(links.filter(({ ends }) => !side.closed.includes(ends[at] as LinkId))).toMatchObject([
        { way: stays },
      ]);
    }
  },
);
