// The load on a tracker, in a process of its own: `node load.js <task as JSON>` prints the figures as JSON.
import { cpuSecondsOfTree, residentBytes } from "../machine/processes.ts";
import { OFFERS, PACING } from "./crowd.ts";
import { httpLoad } from "./http-load.ts";
import { udpLoad } from "./udp-load.ts";
import { WebSocketCrowd } from "./websocket-crowd.ts";

/** What to do. */
export interface Load {
  readonly kind: "flood" | "pace" | "probe" | "crowd" | "http" | "udp";
  /** The tracker's. */
  readonly port: number;
  readonly pid: number;
  readonly sockets: number;
  /** The number of the first peer. */
  readonly from: number;
}

/** Announces under way at the same time: so many that the tracker always has something to do. */
const UNDER_WAY = 256;
/** Announces until the tracker's code is compiled, and those that are measured. A slow machine takes longer, and warms up as well. */
const FLOOD = { warmUp: 5_000, measured: 10_000 };
const PLAIN = { warmUp: 30_000, measured: 100_000 };
/** Announces a second of the crowd, and those of the probe, which make 1,000 together. */
const PACE_PER_SECOND = 900;
const PROBE = { perSecond: 100, warmUp: 500, measured: 1_500, maxLagMillis: 2 };

const load: Load = JSON.parse(process.argv[2] ?? "");
console.log(JSON.stringify(await figuresOf(load)));
process.exit();

function figuresOf(task: Load): Promise<object> {
  switch (task.kind) {
    case "flood":
      return flood(task);
    case "pace":
      return pace(task);
    case "probe":
      return probe(task);
    case "crowd":
      return crowd(task);
    case "http":
      return measured(task, PLAIN, (counted) => httpLoad(task.port, counted));
    case "udp":
      return measured(task, PLAIN, (counted) => udpLoad(task.port, counted));
  }
}

/** As many announces as the tracker can take. */
async function flood(task: Load): Promise<object> {
  return measured(task, FLOOD, async (counted) => {
    let next = 0;
    let isFlooding = false;
    const completed = (): void => {
      if (!isFlooding) return;
      counted();
      announceNext();
    };
    const peers = await WebSocketCrowd.open(
      { port: task.port, size: task.sockets, offers: OFFERS },
      { completed },
    );
    // Steps through all peers so that neighbours in time are in different torrents.
    const announceNext = (): void => peers.announce((next++ * 7_919) % task.sockets);
    await peers.announceAll();
    isFlooding = true;
    for (let at = 0; at < UNDER_WAY; at++) announceNext();
  });
}

/** Announces at a fixed pace until it is killed, and tells when it has begun. */
async function pace({ port, sockets }: Load): Promise<never> {
  const peers = await WebSocketCrowd.open({ port, size: sockets, offers: OFFERS }, {});
  await peers.announceAll();
  console.log(PACING);
  const startedAt = performance.now();
  for (let sent = 0; ; ) {
    await wait(0.001);
    const due = ((performance.now() - startedAt) / 1000) * PACE_PER_SECOND;
    for (; sent < due; sent++) peers.announce((sent * 7_919) % sockets);
  }
}

/**
 * How long a few announces take among those of a crowd. A process that is itself busy, or collects its garbage, reads answers late and
 * measures itself; this one is nearly idle, and says so if it is late.
 */
async function probe({ port, sockets, from }: Load): Promise<object> {
  const replies: number[] = [];
  const relays: number[] = [];
  const lags: number[] = [];
  const peers = await WebSocketCrowd.open(
    { port, from, size: sockets, offers: OFFERS },
    { replied: (_, millis) => replies.push(millis), completed: (_, millis) => relays.push(millis) },
  );
  await peers.announceAll();
  const startedAt = performance.now();
  for (let sent = 0; sent < PROBE.warmUp + PROBE.measured; sent++) {
    const due = startedAt + (sent / PROBE.perSecond) * 1000;
    await wait(Math.max(0, due - performance.now()) / 1000);
    if (sent === PROBE.warmUp) for (const values of [replies, relays, lags]) values.length = 0;
    lags.push(performance.now() - due);
    peers.announce(sent % sockets);
  }
  await wait(0.5);
  const lag = p99(lags);
  if (lag > PROBE.maxLagMillis)
    console.error(
      `The probe itself was late by ${lag.toFixed(1)} ms (p99): other programs take its processor.`,
    );
  return { "p99 ms, reply": p99(replies), "p99 ms, all answers": p99(relays) };
}

/** The memory that a peer takes. */
async function crowd({ port, pid, sockets }: Load): Promise<object> {
  const atFirst = residentBytes(pid).now;
  const peers = await WebSocketCrowd.open({ port, size: sockets, offers: 0 }, {});
  await wait(2);
  const connected = residentBytes(pid).now;
  await peers.announceAll();
  await wait(2);
  const announced = residentBytes(pid).now;
  return {
    "kB for each connected peer": (connected - atFirst) / sockets / 1e3,
    "kB for each announced peer": (announced - atFirst) / sockets / 1e3,
  };
}

/** The pace of announces, and what they cost the tracker. `run` starts a load that counts each of them. */
async function measured(
  { pid }: Load,
  { warmUp, measured: total }: typeof FLOOD,
  run: (counted: () => void) => Promise<void>,
): Promise<object> {
  const now = () => ({ at: performance.now(), tracker: cpuSecondsOfTree(pid), own: process.cpuUsage() });
  let count = 0;
  let from = now();
  const to = await new Promise<typeof from>((done, fail) => {
    const counted = (): void => {
      count += 1;
      if (count === warmUp) from = now();
      if (count === warmUp + total) done(now());
    };
    run(counted).catch(fail);
  });
  const seconds = (to.at - from.at) / 1000;
  const own = (to.own.user + to.own.system - from.own.user - from.own.system) / 1e6;
  const tracker = to.tracker - from.tracker;
  if (own > tracker)
    console.error(
      `The load took ${own.toFixed(1)} CPU s, the tracker ${tracker.toFixed(1)}: it could take more a second.`,
    );
  return { "announces/s": total / seconds, "CPU s for 10,000 announces": (tracker / total) * 10_000 };
}

function p99(values: number[]): number {
  values.sort((left, right) => left - right);
  return values[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
