import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { testInfoHash } from "../core/tracker.test-support.ts";
import { MAX_ANSWERS_UNDER_WAY_PER_NETWORK, MAX_WAITING_PER_NETWORK } from "../limits/turns.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { FairTurns, type TurnSocket } from "./fair-turns.ts";
import { ask, openClient, openTracker } from "./transport.test-support.ts";

/** Turns of 10 ms by a clock that only work moves. */
function openTurns() {
  let clock = 0;
  const turns = new FairTurns(10, () => clock);
  const log: string[] = [];
  const work = (name: string, millis: number) => (): undefined => {
    log.push(name);
    clock += millis;
  };
  const socket = (name: string, network?: string): TurnSocket => {
    const opened: TurnSocket = {
      share: undefined,
      waitingMessages: 0,
      pause: () => void log.push(`${name} waits`),
      resume: () => void log.push(`${name} goes on`),
    };
    if (network !== undefined) turns.enter(network, opened);
    return opened;
  };
  const bring = (from: TurnSocket, name: string, millis: number): void =>
    turns.serveSocket(from, name, (_, message) => work(message, millis)());
  return { turns, log, work, socket, bring };
}

test("what comes of a network that has used up its turn waits for the next one, and others do not", async () => {
  const { log, socket, bring } = openTurns();
  const [greedy, neighbour, modest] = [socket("a", "greedy"), socket("b", "greedy"), socket("c", "modest")];
  bring(greedy, "4 ms", 4);
  bring(greedy, "6 ms", 6);
  bring(greedy, "more", 1);
  bring(neighbour, "b's", 1);
  bring(modest, "c's", 1);
  expect(log).toEqual(["4 ms", "6 ms", "c's"]);
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["more", "a goes on", "b's", "b goes on"]);
});

test("what waits is served in the order in which it came, before what comes later, until the turn is used up again", async () => {
  const { log, socket, bring } = openTurns();
  const [a, b] = [socket("a", "net"), socket("b", "net")];
  bring(a, "first", 10);
  bring(a, "second", 10);
  bring(b, "third", 10);
  await setImmediate();
  bring(a, "fourth", 1);
  expect(log).toEqual(["first", "second", "a goes on"]);
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["third", "b goes on"]);
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["fourth", "a goes on"]);
});

test("a socket with two messages that wait is not read until both are served", async () => {
  const { log, socket, bring } = openTurns();
  const greedy = socket("a", "net");
  bring(greedy, "first", 10);
  for (const name of ["second", "third", "fourth"]) bring(greedy, name, 5);
  expect(log).toEqual(["first", "a waits"]);
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["second", "third"]);
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["fourth", "a goes on"]);
});

test("when a network has as much waiting as it may, none of its sockets is read", async () => {
  const { log, socket, bring } = openTurns();
  const [greedy] = [socket("a", "net"), socket("quiet", "net"), socket("other", "other net")];
  bring(greedy, "first", 10);
  for (let at = 1; at < MAX_WAITING_PER_NETWORK; at++) bring(greedy, "more", 0);
  expect(log).toEqual(["first", "a waits"]);
  bring(greedy, "last", 0);
  socket("late", "net");
  expect(log).toEqual(["first", "a waits", "quiet waits", "late waits"]);
  log.length = 0;
  await setImmediate();
  expect(log.slice(-4)).toEqual(["last", "a goes on", "quiet goes on", "late goes on"]);
});

test("requests wait for their network's turn, one after the other", async () => {
  const { turns, log, work } = openTurns();
  for (const name of ["first", "second", "third"]) turns.serveRequest("net", work(name, 10));
  expect(log).toEqual(["first"]);
  await setImmediate();
  expect(log).toEqual(["first", "second"]);
  await setImmediate();
  expect(log).toEqual(["first", "second", "third"]);
});

test("a request counts although most of its work comes later", async () => {
  const { turns, log, work } = openTurns();
  for (let at = 0; at < 100; at++) turns.serveRequest("net", work("request", 0));
  expect(log).toHaveLength(80);
  await setImmediate();
  expect(log).toHaveLength(100);
});

test("a network with many answers under way waits for one of them, and others do not", async () => {
  const { turns, log, work, socket, bring } = openTurns();
  const busy = socket("a", "busy");
  const resolvers: (() => void)[] = [];
  for (let at = 0; at < MAX_ANSWERS_UNDER_WAY_PER_NETWORK; at++)
    turns.serveSocket(busy, undefined, () => new Promise<void>((resolve) => resolvers.push(resolve)));
  turns.serveRequest("busy", work("later", 1));
  bring(busy, "last", 1);
  turns.serveRequest("other", work("at once", 1));
  await setImmediate();
  expect(log).toEqual(["at once"]);
  resolvers[0]?.();
  await setImmediate();
  await setImmediate();
  expect(log).toEqual(["at once", "later", "last", "a goes on"]);
});

test("what a socket has sent before it left is dropped", async () => {
  const { turns, log, socket, bring } = openTurns();
  const gone = socket("gone", "net");
  bring(gone, "first", 10);
  bring(gone, "second", 1);
  turns.leave(gone);
  await setImmediate();
  expect(log).toEqual(["first"]);
});

test("whoever has no network, behind a proxy on this machine, is served at once", () => {
  const { turns, log, work, socket, bring } = openTurns();
  const local = socket("a");
  for (let at = 0; at < 3; at++) {
    bring(local, "message", 10);
    turns.serveRequest(undefined, work("request", 10));
  }
  expect(log).toHaveLength(6);
});

test("a network whose every message uses up a turn gets all its answers", async () => {
  let clock = 0;
  const turns = new FairTurns(1, () => clock++);
  const tracker = await openTracker(new MemorySwarmStore(), onTestFinished, { countsLoopback: true, turns });
  const clients = await Promise.all([1, 2, 3].map(() => openClient(tracker, onTestFinished)));
  const scrape = encodeScrape([testInfoHash(1)]).padEnd(16 * 1024); // A few of them are what a socket reads at once.
  for (const { socket } of clients) for (let at = 0; at < 50; at++) socket.send(scrape);
  const answers = [1, 2, 3].map(() => ask(`${tracker.httpUrl}/readyz`));
  for (const client of clients)
    for (let at = 0; at < 50; at++) expect(await client.next()).toMatchObject({ type: "scrapeReply" });
  for (const answer of answers) expect((await answer).status).toBe(200);
});
