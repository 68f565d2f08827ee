import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MeasuredProcess } from "../machine/measured-process.ts";
import type { Figures, OnStage, Task } from "../report/measure.ts";
import { PACING, SWARM_PEERS } from "./crowd.ts";
import type { Load } from "./load.ts";

/** Our name in the table. */
export const OURS = "Tabswarm";

const THEIRS = "bittorrent-tracker";
const BARE = "bare Node";
const SOCKETS = 5_000;
const MANY_SOCKETS = 19_000;
/** Sockets of the process that measures how long announces take: those of whole torrents, so that nobody else answers. */
const PROBE_SOCKETS = 4 * SWARM_PEERS;
/** Descriptors of a process that are no sockets. */
const OTHER_DESCRIPTORS = 200;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TABSWARM = here("../../dist/cli/tabswarm.js");
const FOREIGN = here("../../e2e/foreign/tracker.js");
const BARE_SERVER = here("./bare-server.ts");
const LOAD = here("../built/load.js");

/** Who answers. `bare` reads and counts nothing: nothing in Node can be faster. */
type Contender = "ours" | "theirs" | "bare";

/** Starts a tracker, in a process that is killed at the end of the run. */
export type StartTracker = (contender: Contender) => Promise<{ readonly port: number; readonly pid: number }>;

export const onStage: OnStage<StartTracker> = async (run) => {
  const started: MeasuredProcess[] = [];
  const start = (...words: readonly string[]): MeasuredProcess => {
    const process_ = new MeasuredProcess(process.execPath, ...words);
    started.push(process_);
    return process_;
  };
  try {
    return await run(async (contender) => {
      if (contender !== "ours") {
        const tracker = contender === "theirs" ? start(FOREIGN) : start("--import", "tsx", BARE_SERVER);
        const line = await tracker.lineWith("listening at");
        return { port: Number(line.split(" ").at(-1)), pid: tracker.pid };
      }
      const flags = ["--host", "127.0.0.1", "--port", "0", "--log-level", "warn", "--json"];
      const tracker = start(TABSWARM, "tracker", ...flags);
      const { port } = JSON.parse(await tracker.lineWith('"type":"listening"'));
      return { port: Number(port), pid: tracker.pid };
    });
  } finally {
    await Promise.all(started.map((each) => each.kill()));
  }
};

/** All tasks, in the order in which they run. */
export function tasks(): Task<StartTracker>[] {
  const task = (name: string, title: string, kind: Load["kind"], sockets: number): Task<StartTracker> => {
    const against =
      (tracker: Contender) =>
      async (start: StartTracker): Promise<Figures> => {
        const load = { ...(await start(tracker)), kind, sockets, from: 0 };
        return kind === "pace" ? runProbe(load) : runLoad(load);
      };
    const trackers = { [OURS]: against("ours"), [THEIRS]: against("theirs") };
    const hasBare = kind === "http" || kind === "udp";
    return { name, title, contenders: { ...trackers, ...(hasBare && { [BARE]: against("bare") }) } };
  };
  const many = Math.min(MANY_SOCKETS, mostSockets());
  return [
    task("flood", `WebSocket announces with 5 offers, ${SOCKETS} sockets`, "flood", SOCKETS),
    task("pace", `1,000 such announces a second, ${SOCKETS} sockets`, "pace", SOCKETS),
    task("memory", `${many} sockets`, "crowd", many),
    task("http", "HTTP announces, 100 connections", "http", 0),
    task("udp", "UDP announces, 50 sockets", "udp", 0),
  ];
}

/** The sockets that a process may open. Node raises the soft limit to the hard one by itself. */
export function mostSockets(): number {
  const hard = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
  return Number(hard ?? Number.POSITIVE_INFINITY) - OTHER_DESCRIPTORS;
}

/** Measures with a probe in a process of its own, among the load. */
async function runProbe(load: Load): Promise<Figures> {
  const sockets = load.sockets - PROBE_SOCKETS;
  const crowd = new MeasuredProcess(process.execPath, LOAD, JSON.stringify({ ...load, sockets }));
  try {
    await crowd.lineWith(PACING);
    const figures = await runLoad({ ...load, kind: "probe", sockets: PROBE_SOCKETS, from: sockets });
    if (crowd.hasEnded) throw new Error("The load has failed.");
    return figures;
  } finally {
    await crowd.kill();
  }
}

async function runLoad(load: Load): Promise<Figures> {
  const child = spawn(process.execPath, [LOAD, JSON.stringify(load)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error("The load has failed.");
  return JSON.parse(text);
}
