import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { type StatusLine, showStatus, statusOfTorrents } from "./status.ts";
import { torrentView } from "./views.test-support.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function fakeStream(isTerminal: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  let text = "";
  const stream = new PassThrough();
  stream.on("data", (data) => (text += data));
  const members = { isTTY: isTerminal, columns: 20, rows: 10 };
  return { stream: Object.assign(stream, members) as unknown as NodeJS.WriteStream, written: () => text };
}

/** Text as we write it: no line wraps, though a character may be two columns wide. */
function shown(text: string): string {
  return `\u001b[?7l${text}\u001b[?7h`;
}

const NOTHING = { lines: () => [], facts: () => [] };

test("a terminal's lines stay in place, and are cut at its width", () => {
  const { stream, written } = fakeStream(true);
  let lines = ["one", "a line that is far too long"];
  const status = showStatus({ ...NOTHING, lines: () => lines }, false, stream);
  expect(written()).toBe(shown("one\na line that is far "));
  lines = ["two"];
  vi.advanceTimersByTime(500);
  const before = shown("one\na line that is far ");
  expect(written()).toBe(`${before}\u001b[1A\r\u001b[2K\u001b[0J${shown("two")}`);
  status.end();
  expect(written().endsWith(`${shown("two")}\r\u001b[2K\u001b[0J`)).toBe(true); // The next output begins where it was.
});

test("text printed in between goes above a terminal's lines", () => {
  const { stream, written } = fakeStream(true);
  const log = vi.spyOn(console, "log").mockImplementation((text) => stream.write(`${text}\n`));
  const status = showStatus({ ...NOTHING, lines: () => ["working"] }, false, stream);
  status.print("Selected 1 file");
  status.end();
  expect(log).toHaveBeenCalledOnce();
  expect(stripVTControlCharacters(written())).toBe("working\rSelected 1 file\nworking\r");
});

test("a pipe gets a line only when it has changed", () => {
  const { stream, written } = fakeStream(false);
  let lines = ["a 1", "b 1"];
  const status = showStatus({ ...NOTHING, lines: () => lines }, false, stream);
  vi.advanceTimersByTime(10_000);
  lines = ["a 1", "b 2"];
  vi.advanceTimersByTime(5_000);
  status.end();
  vi.advanceTimersByTime(60_000);
  expect(written()).toBe("a 1\nb 1\nb 2\n");
});

test("a pipe gets a line with news only when the news is new, whatever its place and whatever else changes in it", () => {
  const { stream, written } = fakeStream(false);
  let seconds = 12;
  const trouble = () => ({ news: "refused", text: `refused, next try in ${seconds} s` });
  let lines: StatusLine[] = ["a", trouble()];
  const status = showStatus({ ...NOTHING, lines: () => lines }, false, stream);
  seconds = 7;
  lines = [trouble(), "a"];
  vi.advanceTimersByTime(5_000);
  lines = ["a"];
  vi.advanceTimersByTime(5_000);
  lines = ["a", trouble()];
  vi.advanceTimersByTime(5_000);
  status.end();
  expect(written()).toBe("a\nrefused, next try in 12 s\na\na\nrefused, next try in 7 s\n");
});

test("a terminal shows all that is wrong with a tracker, in as many lines as that takes", () => {
  const { stream, written } = fakeStream(true);
  const message = "nothing listens there; start the tracker";
  const [url, counts] = [
    "http://a.test/announce" as TrackerUrl,
    { seeders: 0, leechers: 0, offersRelayed: undefined },
  ];
  const trackers = [{ url, tier: 1, ...counts, state: "unreachable", nextInSeconds: 12, message } as const];
  const view = torrentView({ phase: "metadata", trackers });
  showStatus(statusOfTorrents({ view: () => [view] }), false, stream).end();
  const shownLines = stripVTControlCharacters(written())
    .split(/[\r\n]+/)
    .slice(1);
  expect(shownLines.join(" ")).toContain(`Tracker http://a.test: ${message}. Next try in 12 s.`);
});

test("a countdown is no news to a program", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  let nextInSeconds = 12;
  const facts = () => [{ type: "status", trackers: [{ state: "unreachable", nextInSeconds }] }];
  const status = showStatus({ ...NOTHING, facts }, true, fakeStream(false).stream);
  nextInSeconds = 7;
  vi.advanceTimersByTime(10_000);
  status.end();
  expect(log.mock.calls).toEqual([
    ['{"type":"status","trackers":[{"state":"unreachable","nextInSeconds":12}]}'],
  ]);
});

test("a program gets JSON on standard output", () => {
  const { stream, written } = fakeStream(true);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  showStatus({ ...NOTHING, facts: () => [{ type: "status", peers: 1 }] }, true, stream).end();
  expect(log.mock.calls).toEqual([['{"type":"status","peers":1}']]);
  expect(written()).toBe("");
});
