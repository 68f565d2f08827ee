import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showStatus } from "./status.ts";

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

/** As it is written: no line is wrapped, though a character may be two columns wide. */
function shown(text: string): string {
  return `\u001b[?7l${text}\u001b[?7h`;
}

const NOTHING = { lines: () => [], facts: () => [] };

test("a terminal's lines stay in their place, and are cut at its width", () => {
  const { stream, written } = fakeStream(true);
  let lines = ["one", "a line that is far too long"];
  const status = showStatus({ ...NOTHING, lines: () => lines }, false, stream);
  expect(written()).toBe(shown("one\na line that is far "));
  lines = ["two"];
  vi.advanceTimersByTime(500);
  const before = shown("one\na line that is far ");
  expect(written()).toBe(`${before}\u001b[1A\r\u001b[2K\u001b[0J${shown("two")}`);
  status.end();
  expect(written().endsWith(`${shown("two")}\r\u001b[2K\u001b[0J`)).toBe(true); // What comes next begins where it stood.
});

test("what is printed in between stands above a terminal's lines", () => {
  const { stream, written } = fakeStream(true);
  const log = vi.spyOn(console, "log").mockImplementation((text) => stream.write(`${text}\n`));
  const status = showStatus({ ...NOTHING, lines: () => ["working"] }, false, stream);
  status.print("Selected 1 file");
  status.end();
  expect(log).toHaveBeenCalledOnce();
  expect(stripVTControlCharacters(written())).toBe("working\rSelected 1 file\nworking\r");
});

test("a pipe gets each line once, and only when it is another", () => {
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

test("a program gets JSON on standard output", () => {
  const { stream, written } = fakeStream(true);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  showStatus({ ...NOTHING, facts: () => [{ type: "status", peers: 1 }] }, true, stream).end();
  expect(log.mock.calls).toEqual([['{"type":"status","peers":1}']]);
  expect(written()).toBe("");
});
