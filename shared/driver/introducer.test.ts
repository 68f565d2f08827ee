import { beforeEach, expect, test } from "vitest";
import type { Announce } from "../announce/announce.ts";
import { type InfoHash, linkIdCounter, type OfferId, type PeerId, type TrackerUrl } from "../base/ids.ts";
import type { Input } from "../session/input.ts";
import { Introducer } from "./introducer.ts";
import { Links } from "./links.ts";
import type { TrackerEvents } from "./ports.ts";
import type { RtcPlatform, SimplePeer, SimplePeerConstructor } from "./rtc.ts";

const TRACKER = "wss://tracker.test/" as TrackerUrl;
const infoHash = "a".repeat(40) as InfoHash;
const peerId = "b".repeat(40) as PeerId;
const offerId = "c".repeat(40) as OfferId;

/** Makes its offer when the test says so. */
class FakeSimplePeer implements SimplePeer {
  static readonly all: FakeSimplePeer[] = [];
  readonly signals: string[] = [];
  #describe: (description: { type: string; sdp: string }) => void = () => {};

  constructor() {
    FakeSimplePeer.all.push(this);
  }

  on(event: string, listener: (fact: { type: string; sdp: string; code?: string }) => void): void {
    if (event === "signal") this.#describe = listener;
  }

  described(): void {
    this.#describe({ type: "offer", sdp: "ours" });
  }

  signal({ sdp }: { sdp: string }): void {
    this.signals.push(sdp);
  }

  destroy(): void {}
}

const RTC: RtcPlatform = {
  SimplePeer: FakeSimplePeer as unknown as SimplePeerConstructor,
  wrtc: {
    RTCPeerConnection: class {} as unknown as RtcPlatform["wrtc"]["RTCPeerConnection"],
    RTCSessionDescription: undefined,
    RTCIceCandidate: undefined,
  },
  iceServers: () => [],
  isNearby: async () => false,
};

let inputs: Input[];
let announces: Announce[];
let tracker: TrackerEvents;
let introducer: Introducer;
const newLink = linkIdCounter();

beforeEach(() => {
  inputs = [];
  announces = [];
  FakeSimplePeer.all.length = 0;
  const feed = (input: Input): void => void inputs.push(input);
  const openTracker = (_: TrackerUrl, events: TrackerEvents) => {
    tracker = events;
    return { announce: (announce: Announce) => void announces.push(announce), answer() {}, close() {} };
  };
  introducer = new Introducer(RTC, new Links(feed), openTracker, feed);
});

function announce(event: Announce["event"], offers: readonly OfferId[] = [], swarm = {}) {
  const links = offers.map((id) => ({ link: newLink(), offerId: id }));
  const counts = { uploaded: 0, downloaded: 0, left: 1, freeSlots: 2 };
  introducer.perform({
    type: "announce",
    tracker: TRACKER,
    infoHash,
    peerId,
    event,
    ...counts,
    offers: links,
    ...swarm,
  });
  return links;
}

/** The descriptions of these tests name no candidates. */
const NO_ROUTES = { ours: [], theirs: [] };

test("passes the first answer to an offer to its link, and tells the session", async () => {
  const [offered] = announce("started", [offerId]);
  FakeSimplePeer.all[0]?.described();
  await expect
    .poll(() => announces)
    .toMatchObject([{ left: 1, freeSlots: 2, offers: [{ offerId, sdp: "ours" }] }]);
  for (const sdp of ["theirs", "another"])
    tracker.relayed({ type: "answer", infoHash, peerId, offerId, sdp });
  expect(FakeSimplePeer.all[0]?.signals).toEqual(["theirs"]);
  expect(inputs).toEqual([
    { type: "routesOffered", link: offered?.link, routes: NO_ROUTES },
    { type: "offerAnswered", link: offered?.link },
  ]);
});

test("an invalid offer costs no connection, and its link ends at once", () => {
  const offer = { tracker: TRACKER, infoHash, peerId, toPeerId: peerId, offerId };
  const [garbage, right] = [newLink(), newLink()];
  introducer.perform({ type: "answerOffer", link: garbage, ...offer, sdp: "v=0\r\nm=application 9\r\n" });
  expect(FakeSimplePeer.all).toEqual([]);
  expect(inputs).toEqual([{ type: "linkClosed", link: garbage, reason: "negotiationFailed" }]);
  const sdp = "v=0\r\nm=application 9\r\na=ice-ufrag:x\r\na=fingerprint:sha-256 00\r\n";
  introducer.perform({ type: "answerOffer", link: right, ...offer, sdp });
  expect(FakeSimplePeer.all[0]?.signals).toEqual([sdp]);
});

test("describes an offer for a peer that carries it, and passes its first answer on", async () => {
  const link = newLink();
  introducer.perform({ type: "describe", link, offer: undefined });
  FakeSimplePeer.all[0]?.described();
  await expect.poll(() => inputs).toEqual([{ type: "described", link, sdp: "ours" }]);
  for (const sdp of ["theirs", "another"]) introducer.perform({ type: "takeAnswer", link, sdp });
  introducer.perform({ type: "takeAnswer", link: newLink(), sdp: "nobody's" });
  expect(FakeSimplePeer.all[0]?.signals).toEqual(["theirs"]);
  expect(announces).toEqual([]);
});

test("describes an answer to an offer that a peer carried", async () => {
  const link = newLink();
  const offer = "v=0\r\nm=application 9\r\na=ice-ufrag:x\r\na=fingerprint:sha-256 00\r\n";
  introducer.perform({ type: "describe", link, offer });
  expect(FakeSimplePeer.all[0]?.signals).toEqual([offer]);
  FakeSimplePeer.all[0]?.described();
  await expect
    .poll(() => inputs)
    .toEqual([
      { type: "routesOffered", link, routes: NO_ROUTES },
      { type: "described", link, sdp: "ours" },
    ]);
});

test("ignores an answer to an unknown offer", () => {
  announce("started");
  tracker.relayed({ type: "answer", infoHash, peerId, offerId, sdp: "theirs" });
  expect(inputs).toEqual([]);
});

test("sends no announce after a goodbye that was prepared before it", async () => {
  announce("update", [offerId]);
  announce("stopped");
  FakeSimplePeer.all[0]?.described();
  await new Promise((resolve) => setImmediate(resolve));
  expect(announces.map(({ event }) => event)).toEqual(["stopped"]);

  announce("started", [offerId]);
  FakeSimplePeer.all[1]?.described();
  await expect.poll(() => announces.map(({ event }) => event)).toEqual(["stopped", "started"]);
});

test("a goodbye does not drop announces to other trackers or of other torrents", async () => {
  const swarms = [{ tracker: "wss://other.test/" as TrackerUrl }, { infoHash: "d".repeat(40) as InfoHash }];
  for (const swarm of swarms) announce("update", [offerId], swarm);
  announce("stopped");
  for (const peer of FakeSimplePeer.all) peer.described();
  await expect.poll(() => announces.map(({ event }) => event)).toEqual(["stopped", "update", "update"]);
});

test("sends no prepared announce after the end", async () => {
  announce("update", [offerId]);
  introducer.leaveAll();
  FakeSimplePeer.all[0]?.described();
  await new Promise((resolve) => setImmediate(resolve));
  expect(announces).toEqual([]);
});
