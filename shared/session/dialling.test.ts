import { expect, test } from "vitest";
import { type PeerAddress, peerAddress } from "../announce/compact.ts";
import { type InfoHash, type LinkId, linkIdCounter, millis, type PeerId } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { seededRandom } from "../base/random.ts";
import { DEFAULT_CONFIG, type SessionConfig } from "./config.ts";
import { DIALLING } from "./dialling.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import { Session } from "./session.ts";
import { STRANGERS } from "./strangers.ts";

const INFO_HASH = "ab".repeat(20) as InfoHash;

function at(port: number): PeerAddress {
  const ip = parseIp("192.0.2.1");
  if (ip === undefined) throw new Error("no address");
  return peerAddress(ip, port);
}

/** A session at an address, and the other ends of its links. */
class Host {
  readonly address: PeerAddress;
  /** More addresses that lead here. */
  readonly moreAddresses: PeerAddress[] = [];
  readonly #newLink = linkIdCounter();
  readonly session: Session;
  readonly ends = new Map<LinkId, { readonly host: Host; readonly link: LinkId }>();
  readonly orders: Effect[] = [];

  constructor(digit: string, port: number, config: Partial<SessionConfig> = {}) {
    this.address = at(port);
    const peerId = digit.repeat(40) as PeerId;
    this.session = new Session(peerId, { ...DEFAULT_CONFIG, ...config }, seededRandom(port), this.#newLink, {
      dialling: DIALLING,
      strangers: STRANGERS,
    });
  }

  accept(): LinkId {
    return this.#newLink();
  }
}

/** Carries out all that follows from an input, on all hosts. */
function run(hosts: readonly Host[], now: number, host: Host, input: Input): void {
  const waiting: [Host, Input][] = [[host, input]];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [here, fact] = next;
    for (const effect of here.session.handle(millis(now), fact)) {
      if (effect.type !== "happened") here.orders.push(effect);
      for (const consequence of carryOut(hosts, here, effect)) waiting.push(consequence);
    }
  }
}

function carryOut(hosts: readonly Host[], here: Host, effect: Effect): [Host, Input][] {
  if (effect.type === "dial") {
    const { link, address } = effect;
    const there = hosts.find((host) => [host.address, ...host.moreAddresses].includes(address));
    if (there === undefined) return [[here, { type: "linkClosed", link, reason: "noRoute" }]];
    const accepted = there.accept();
    here.ends.set(link, { host: there, link: accepted });
    there.ends.set(accepted, { host: here, link });
    return [
      [there, { type: "linkAccepted", link: accepted, address: here.address }],
      [here, { type: "linkOpened", link }],
    ];
  }
  if (effect.type !== "send" && effect.type !== "close") return [];
  const end = here.ends.get(effect.link);
  if (end === undefined) return [];
  if (effect.type === "send")
    return [[end.host, { type: "bytesArrived", link: end.link, bytes: effect.bytes }]];
  here.ends.delete(effect.link);
  end.host.ends.delete(end.link);
  return [[end.host, { type: "linkClosed", link: end.link, reason: "theyLeft" }]];
}

function withTorrent(...hosts: readonly Host[]): void {
  for (const host of hosts) {
    const source = {
      infoHash: INFO_HASH,
      displayName: undefined,
      metadata: undefined,
      trackers: [],
      held: undefined,
      selectedFiles: undefined,
      paused: false,
    };
    host.session.handle(millis(0), { type: "torrentAdded", source });
  }
}

const found = (...addresses: PeerAddress[]): Input => ({
  type: "addressesFound",
  infoHash: INFO_HASH,
  source: "tracker",
  addresses,
});

const dials = (host: Host): number => host.orders.filter(({ type }) => type === "dial").length;
const peersOf = (host: Host) => host.session.view(millis(0))[0]?.peers ?? [];

test("we dial an address found, and both sides get a TCP peer", () => {
  const [one, two] = [new Host("1", 7001), new Host("2", 7002)];
  withTorrent(one, two);
  run([one, two], 0, one, found(two.address));
  expect(peersOf(one).map(({ kind }) => kind)).toEqual(["tcp"]);
  expect(peersOf(two).map(({ kind }) => kind)).toEqual(["tcp"]);
});

test("two peers that dial each other keep one link, the same on both sides", () => {
  const [one, two] = [new Host("1", 7001), new Host("2", 7002)];
  withTorrent(one, two);
  run([one, two], 0, two, found(one.address));
  run([one, two], 0, one, found(two.address));
  expect(one.ends.size).toBe(1);
  expect(two.ends.size).toBe(1);
  const [[link, end] = []] = one.ends;
  expect(two.ends.get(end?.link as LinkId)?.link).toBe(link);
});

test("the link that the lower peer id dialled stays, whichever came first", () => {
  for (const lowerFirst of [true, false]) {
    const [one, two] = [new Host("1", 7001), new Host("2", 7002)];
    withTorrent(one, two);
    const order = lowerFirst ? [one, two] : [two, one];
    for (const host of order) run([one, two], 0, host, found(host === one ? two.address : one.address));
    const dialled = one.orders.find(({ type }) => type === "dial");
    expect([...one.ends.keys()]).toEqual(dialled?.type === "dial" ? [dialled.link] : []);
  }
});

test("we drop a stranger that wants an unknown torrent or talks nonsense", () => {
  const [one, two, nobody] = [new Host("1", 7001), new Host("2", 7002), new Host("3", 7003)];
  withTorrent(one);
  run([one, two], 0, one, found(two.address));
  expect(one.ends.size).toBe(0);

  const link = two.accept();
  run([two], 0, two, { type: "linkAccepted", link, address: nobody.address });
  run([two], 0, two, { type: "bytesArrived", link, bytes: new Uint8Array(68).fill(65) });
  expect(two.orders.at(-1)).toEqual({ type: "close", link, reason: "brokeTheRules" });
});

test("we drop a stranger that sends no handshake in time", () => {
  const host = new Host("1", 7001);
  const link = host.accept();
  run([host], 0, host, { type: "linkAccepted", link, address: host.address });
  expect(host.session.nextDeadline()).toBe(DEFAULT_CONFIG.handshakeMillis);
  run([host], DEFAULT_CONFIG.handshakeMillis, host, { type: "deadlinePassed" });
  expect(host.orders).toEqual([{ type: "close", link, reason: "silent" }]);
  expect(host.session.nextDeadline()).toBeUndefined();
});

test("we admit only so many strangers", () => {
  const host = new Host("1", 7001);
  for (let count = 0; count <= DEFAULT_CONFIG.maxStrangers; count++) {
    run([host], 0, host, { type: "linkAccepted", link: host.accept(), address: host.address });
  }
  expect(host.orders.filter(({ type }) => type === "close")).toHaveLength(1);
});

test("we dial only so many addresses at once", () => {
  const host = new Host("1", 7001);
  withTorrent(host);
  const many = Array.from({ length: 100 }, (_, count) => at(8000 + count));
  const effects = host.session.handle(millis(0), found(...many));
  expect(effects.filter(({ type }) => type === "dial")).toHaveLength(DEFAULT_CONFIG.maxDials);
});

test("we retry an unreachable address after growing waits, and then give up", () => {
  const host = new Host("1", 7001);
  withTorrent(host);
  run([host], 0, host, found(at(8000)));
  const waits: number[] = [];
  let last = 0;
  for (let next = host.session.nextDeadline(); next !== undefined; next = host.session.nextDeadline()) {
    const before = dials(host);
    run([host], next, host, { type: "deadlinePassed" });
    if (dials(host) > before) waits.push(next - last);
    if (dials(host) > before) last = next;
    expect(waits.length).toBeLessThan(10);
  }
  expect(waits).toEqual([15_000, 30_000, 60_000, 120_000]);
});

/** When this host dials next, and whom, if it does within ten minutes. */
function dialsLater(hosts: readonly Host[], host: Host): readonly PeerAddress[] {
  const from = host.orders.length;
  for (let next = host.session.nextDeadline(); next !== undefined && next < 600_000; ) {
    run(hosts, next, host, { type: "deadlinePassed" });
    for (const link of host.ends.keys())
      run(hosts, next, host, { type: "bytesArrived", link, bytes: new Uint8Array(4) });
    next = host.session.nextDeadline();
  }
  return host.orders.slice(from).flatMap((order) => (order.type === "dial" ? [order.address] : []));
}

test("we dial our own address once, and never again", () => {
  const one = new Host("1", 7001);
  withTorrent(one);
  run([one], 0, one, found(one.address));
  expect(dials(one)).toBe(1);
  expect(one.ends.size).toBe(0);
  run([one], 1_000, one, found(one.address));
  expect(dialsLater([one], one)).toEqual([]);
});

test("we put aside another address of a linked peer until its link ends", () => {
  const [one, two] = [new Host("1", 7001), new Host("2", 7002)];
  const hosts = [one, two];
  two.moreAddresses.push(at(7003));
  withTorrent(...hosts);
  run(hosts, 0, one, found(two.address));
  const [first] = one.ends;
  if (first === undefined) throw new Error("no link");
  run(hosts, 0, one, found(at(7003)));
  expect(dials(one)).toBe(2);
  expect([...one.ends]).toEqual([first]);
  expect(dialsLater(hosts, one)).toEqual([]);

  const [link, end] = first;
  one.ends.clear();
  two.ends.clear();
  run(hosts, 600_000, two, { type: "linkClosed", link: end.link, reason: "theyLeft" });
  run(hosts, 600_000, one, { type: "linkClosed", link, reason: "theyLeft" });
  run(hosts, 616_000, one, { type: "deadlinePassed" });
  expect(one.orders.flatMap((order) => (order.type === "dial" ? [order.address] : [])).slice(2)).toEqual([
    two.address,
    at(7003),
  ]);
});

test("we do not dial a peer that dialled us, once it has said where it listens", () => {
  const [one, two] = [new Host("1", 7001), new Host("2", 7002, { port: 7002 })];
  withTorrent(one, two);
  run([one, two], 0, two, found(one.address));
  expect(one.ends.size).toBe(1);
  run([one, two], 0, one, found(two.address));
  expect(dials(one)).toBe(0);
  expect(dialsLater([one, two], one)).toEqual([]);
});

test("we do not retry an address once its peer has dialled us", () => {
  const [one, two] = [new Host("1", 7001), new Host("2", 7002, { port: 7002 })];
  withTorrent(one, two);
  run([one], 0, one, found(two.address)); // The dial fails.
  run([one, two], 0, two, found(one.address));
  expect(one.ends.size).toBe(1);
  expect(dialsLater([one, two], one)).toEqual([]);
});
