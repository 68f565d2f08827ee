import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { afterEach, expect, test, vi } from "vitest";
import { toned, withColouredBar } from "./colour.ts";
import { showStatus } from "./status.ts";

afterEach(() => vi.unstubAllEnvs());

/** A terminal that knows 256 colours, unless the environment says otherwise: Node's own rules decide. */
function terminal(isTTY = true): { stream: NodeJS.WriteStream; written: () => string } {
  vi.stubEnv("TERM", "xterm-256color");
  for (const name of ["NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS", "CI"]) vi.stubEnv(name, undefined);
  let text = "";
  const stream = new PassThrough();
  stream.on("data", (data) => (text += data));
  const { hasColors, getColorDepth } = WriteStream.prototype;
  const members = { isTTY, columns: 40, rows: 10, hasColors, getColorDepth };
  return { stream: Object.assign(stream, members) as unknown as NodeJS.WriteStream, written: () => text };
}

test("a terminal has colours, and a pipe has none", () => {
  expect(toned("careful", "warning", terminal().stream)).toBe("\u001b[33mcareful\u001b[39m");
  expect(toned("careful", "warning", terminal(false).stream)).toBe("careful");
  expect(withColouredBar("film ██░░ 50 %", terminal().stream)).toBe("film \u001b[32m██\u001b[39m░░ 50 %");
});

test.each([
  ["NO_COLOR", "1"],
  ["TERM", "dumb"],
])("%s=%s turns colours off", (name, value) => {
  const { stream } = terminal();
  vi.stubEnv(name, value);
  expect(toned("careful", "bad", stream)).toBe("careful");
});

test("a status line has the colour of its tone, after it was cut at the terminal's width", () => {
  const { stream, written } = terminal();
  const line = { news: "", text: `${"a".repeat(60)}\u001b[31m`, tone: "bad" } as const;
  showStatus({ lines: () => [line], facts: () => [] }, false, stream).end();
  expect(written()).toContain(`\u001b[31m${"a".repeat(39)}\u001b[39m`);
});
