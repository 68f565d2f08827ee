import { expect, test } from "vitest";
import { shownText } from "./shown-text.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function wide(text: string, isLittle: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), isLittle);
  return new Uint8Array(view.buffer);
}

test("UTF-16 is text, with a mark or without, and without half a character at its end", () => {
  for (const isLittle of [true, false]) {
    expect(shownText(wide("\ufeffViệt Nam", isLittle), false)).toBe("Việt Nam");
    expect(shownText(wide("A plain text.", isLittle), false)).toBe("A plain text.");
    expect(shownText(wide("\ufeffab", isLittle).slice(0, 5), true)).toBe("a");
  }
});

test("the colours of a terminal are left out", () => {
  const log = "\x1b[1;31mfailed\x1b[0m \x1b]0;title\x07in \x1b(B3 s\r\n";
  expect(shownText(bytes(log), false)).toBe("failed in 3 s\n");
});

test("a few other control characters are drawn, and many mean that it is no text", () => {
  expect(shownText(bytes(`${"a".repeat(300)}\x07\x7f`), false)).toBe(`${"a".repeat(300)}\u2407\u2421`);
  expect(shownText(bytes("a\x01b"), false)).toBeUndefined();
  expect(shownText(bytes(`${"a".repeat(300)}\0`), false)).toBeUndefined();
});
