import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { testInfoHash } from "../core/tracker.test-support.ts";
import { MAX_ANSWERS_UNDER_WAY_PER_NETWORK } from "../limits/turns.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { FairTurns, type PausableSocket } from "./fair-turns.ts";
import { ask, openClient, openTracker } from "./transport.test-support.ts";

/** Turns of 10 ms by a clock that only work moves. */
function openTurns() {
  let clock = 0;
  const log: string[] = [];
  const work = (name: string, millis: number) => (): undefined => {
    log.push(name);
    clock += millis;
  };
  const socket = (name: string): PausableSocket => ({
    isOpen: true,
    pause: () => void log.push(`${name} waits`),
    resume: () => void log.push(`${name} goes on`),
  });
  return { turns: new FairTurns(10, () => clock), log, work, socket };
}

test("sockets of a network that has used up its turn wait for the next one, and others do not", async () => {
  const { turns, log, work, socket } = openTurns();
  for (const name of ["a", "b"]) turns.enter("greedy", socket(name));
  turns.enter("modest", socket("c"));
  turns.serveSocket("greedy", work("4 ms", 4));
  turns.serveSocket("greedy", work("6 ms", 6));
  turns.serveSocket("modest", work("1 ms", 1));
  expect(log).toEqual(["4 ms", "6 ms", "a waits", "b waits", "1 ms"]);
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["a goes on", "b goes on"]);
});

test("sockets that wait go on in the order in which they came, until the turn is used up again", async () => {
  const { turns, log, work, socket } = openTurns();
  const greedy = { ...socket("a"), resume: () => turns.serveSocket("net", work("a again", 10)) };
  turns.enter("net", greedy);
  turns.enter("net", socket("b"));
  turns.serveSocket("net", work("first", 10));
  log.length = 0;
  await setImmediate();
  expect(log).toEqual(["a again", "a waits"]);
  log.length = 0;
  await setImmediate();
  expect(log.slice(0, 2)).toEqual(["b goes on", "a again"]);
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
  const { turns, log, work, socket } = openTurns();
  turns.enter("busy", socket("a"));
  const resolvers: (() => void)[] = [];
  for (let at = 0; at < MAX_ANSWERS_UNDER_WAY_PER_NETWORK; at++)
    turns.serveSocket("busy", () => new Promise<void>((resolve) => resolvers.push(resolve)));
  turns.serveRequest("busy", work("later", 1));
  turns.serveRequest("other", work("at once", 1));
  await setImmediate();
  expect(log).toEqual(["a waits", "at once"]);
  resolvers[0]?.();
  await setImmediate();
  await setImmediate();
  expect(log).toEqual(["a waits", "at once", "a goes on", "later"]);
});

test("a socket that comes while its network waits, waits too, and one that has left is not watched", async () => {
  const { turns, log, work, socket } = openTurns();
  const gone = socket("gone");
  turns.enter("net", gone);
  turns.leave("net", gone);
  turns.serveSocket("net", work("work", 10));
  turns.enter("net", socket("late"));
  expect(log).toEqual(["work", "late waits"]);
});

test("whoever has no network, behind a proxy on this machine, is served at once", () => {
  const { turns, log, work } = openTurns();
  for (let at = 0; at < 3; at++) {
    turns.serveSocket(undefined, work("message", 10));
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
