import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in ticks of this length for programs (USER_HZ), on every machine that Node runs on. */
const TICKS_A_SECOND = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Includes children that have ended. */
  readonly cpuSeconds: number;
}

/** Processor time so far of a process and everything it started. */
export function cpuSecondsOfTree(root: number): number {
  return processTree(root).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Among `root` and the processes it started, the pid that used the most processor time while `busy` ran. */
export async function busiestOfTree(root: number, busy: () => Promise<void>): Promise<number> {
  const before = new Map(processTree(root).map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  await busy();
  const used = processTree(root).map(({ pid, cpuSeconds }) => ({
    pid,
    seconds: cpuSeconds - (before.get(pid) ?? 0),
  }));
  return used.reduce((busiest, next) => (next.seconds > busiest.seconds ? next : busiest)).pid;
}

/** Memory of a process in RAM, now and at its peak. */
export function residentBytes(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytesAt = (field: string): number =>
    Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  return { now: bytesAt("VmRSS"), peak: bytesAt("VmHWM") };
}

function processTree(root: number): ProcessStat[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []));
  const tree = all.filter(({ pid }) => pid === root);
  // Grows during the loop: children are appended after their parents.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

function readStat(pid: string): ProcessStat[] {
  try {
    return [parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))];
  } catch {
    return []; // It has ended since the folder was listed.
  }
}

/** Reads `/proc/<pid>/stat` (proc(5)). The command's name, in brackets, may contain spaces and brackets. */
export function parseStat(stat: string): ProcessStat {
  const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(afterName[number - 3]); // The first after the name is number 3.
  const ticks = field(14) + field(15) + field(16) + field(17);
  return { pid: Number.parseInt(stat, 10), parent: field(4), cpuSeconds: ticks / TICKS_A_SECOND };
}
