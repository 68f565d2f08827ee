import { SingleBar } from "cli-progress";
import { printable } from "#shared/base/printable.ts";
import { STOP_SIGNALS } from "../stop-signal.ts";
import { formatBytes, formatDuration } from "./format.ts";

/** Work that takes a while. */
export interface Work {
  /** Such as `Hashing`. */
  readonly verb: string;
  readonly name: string;
  readonly bytesTotal: number;
}

/** Shows how far the work is. */
export interface Progress {
  add(bytes: number): void;
  end(): void;
}

const LINES_APART_MILLIS = 1_000;
const PERCENT_STEP = 10; // In a pipe: nobody reads a log with a line for each percent.

/** A terminal this wide has room for long names. */
const WIDE_COLUMNS = 120;

/** Shows work as a bar on a terminal, as a few lines in a pipe, and as JSON on standard output for a program. */
export function showProgress(
  work: Work,
  asJson: boolean,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  if (asJson) return showJson(work);
  if (work.bytesTotal === 0) return { add: () => {}, end: () => {} };
  return stream.isTTY ? showBar(work, stream) : showLines(work, stream);
}

function showJson({ name, bytesTotal }: Work): Progress {
  let bytesDone = 0;
  const tell = (): void => console.log(JSON.stringify({ type: "progress", name, bytesDone, bytesTotal }));
  const tellRarely = atMostEvery(LINES_APART_MILLIS, tell);
  tell();
  return {
    add: (bytes) => {
      bytesDone += bytes;
      tellRarely();
    },
    end: () => {},
  };
}

function showBar({ verb, name, bytesTotal }: Work, stream: NodeJS.WriteStream): Progress {
  const isWide = stream.columns >= WIDE_COLUMNS;
  const bar = new SingleBar({
    stream,
    format: `${verb} {name} {bar} {percentage} % of ${formatBytes(bytesTotal)}{pace}`,
    barsize: isWide ? 24 : 12,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    clearOnComplete: true,
    gracefulExit: false, // It would stop the bar but not the process.
  });
  const startedAt = performance.now();
  let bytesDone = 0;
  const end = (): void => {
    for (const signal of STOP_SIGNALS) process.off(signal, leave);
    bar.stop(); // The terminal wraps lines again.
  };
  const leave = (signal: NodeJS.Signals): void => {
    end();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal); // With no listener left, it ends us.
  };
  for (const signal of STOP_SIGNALS) process.on(signal, leave);
  bar.start(bytesTotal, 0, { name: printable(name, isWide ? 40 : 12), pace: "" });
  return {
    add: (bytes) => {
      bytesDone += bytes;
      const seconds = (performance.now() - startedAt) / 1000;
      const left = formatDuration(((bytesTotal - bytesDone) * seconds) / Math.max(1, bytesDone));
      bar.update(bytesDone, { pace: ` | ${formatBytes(bytesDone / seconds)}/s | ${left} left` });
    },
    end,
  };
}

function showLines({ verb, name, bytesTotal }: Work, stream: NodeJS.WriteStream): Progress {
  let bytesDone = 0;
  let percentTold = 0;
  const tellRarely = atMostEvery(LINES_APART_MILLIS, () => stream.write(`${percentTold} %\n`));
  stream.write(`${verb} ${printable(name)} (${formatBytes(bytesTotal)})\n`);
  return {
    add: (bytes) => {
      bytesDone += bytes;
      const percent = Math.floor((bytesDone / bytesTotal) * 100);
      if (percent < percentTold + PERCENT_STEP) return;
      percentTold = percent - (percent % PERCENT_STEP);
      tellRarely();
    },
    end: () => {},
  };
}

/** Calls `tell` at most once in this time, which starts now. */
function atMostEvery(millis: number, tell: () => void): () => void {
  let toldAt = performance.now();
  return () => {
    const now = performance.now();
    if (now - toldAt < millis) return;
    toldAt = now;
    tell();
  };
}
