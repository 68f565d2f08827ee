import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showProgress, type Work } from "./progress.ts";

const WORK: Work = { verb: "Hashing", name: "Holiday", bytesTotal: 200_000_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The parts of standard error that we use, and what was written to it. */
function fakeStream(isTerminal: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  let text = "";
  const stream = new PassThrough();
  stream.on("data", (data) => (text += data));
  const members = { isTTY: isTerminal, columns: 200, cursorTo: write, clearLine: write, moveCursor: write };
  return { stream: Object.assign(stream, members) as unknown as NodeJS.WriteStream, written: () => text };
}

function write(): boolean {
  return true;
}

test("a pipe gets a line for the work and then one for each tenth, at most one a second", () => {
  const { stream, written } = fakeStream(false);
  const progress = showProgress(WORK, false, stream);
  expect(written()).toBe("Hashing Holiday (200.0 MB)\n");
  progress.add(60_000_000);
  expect(written()).toBe("Hashing Holiday (200.0 MB)\n");
  vi.advanceTimersByTime(1_000);
  progress.add(1_000_000); // 30 % was passed before: it is reported late or with the next tenth.
  progress.add(30_000_000);
  progress.add(30_000_000);
  vi.advanceTimersByTime(1_000);
  progress.add(79_000_000);
  progress.end();
  expect(written()).toBe("Hashing Holiday (200.0 MB)\n40 %\n100 %\n");
});

test("a terminal gets a bar, which disappears at the end", () => {
  const { stream, written } = fakeStream(true);
  const progress = showProgress({ ...WORK, name: "Holi\u001b[2Jday" }, false, stream);
  vi.advanceTimersByTime(2_000);
  progress.add(50_000_000);
  vi.advanceTimersByTime(2_000);
  const shown = stripVTControlCharacters(written());
  expect(shown).toContain(
    "Hashing Holi [2Jday ██████░░░░░░░░░░░░░░░░░░ 25 % of 200.0 MB | 25.0 MB/s | 6 s left",
  );
  progress.end();
  const before = written();
  vi.advanceTimersByTime(10_000);
  expect(written()).toBe(before);
});

test("a program gets a line of JSON at once and then at most one a second, on standard output", () => {
  const { stream, written } = fakeStream(true);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const progress = showProgress(WORK, true, stream);
  progress.add(10);
  vi.advanceTimersByTime(1_000);
  progress.add(20);
  progress.add(30);
  progress.end();
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    { type: "progress", name: "Holiday", bytesDone: 0, bytesTotal: 200_000_000 },
    { type: "progress", name: "Holiday", bytesDone: 30, bytesTotal: 200_000_000 },
  ]);
  expect(written()).toBe("");
});

test("work of no bytes shows nothing", () => {
  const { stream, written } = fakeStream(true);
  const progress = showProgress({ ...WORK, bytesTotal: 0 }, false, stream);
  progress.end();
  expect(written()).toBe("");
});
