import { expect, test } from "vitest";
import { shownText } from "../files/shown-text.ts";
import { onlyLink, typedFile } from "./typed-text.ts";

test("a typed text is a file that says when it was written", async () => {
  const typed = typedFile("Xin chào\n", new Date(2026, 0, 5, 7, 8, 9));
  expect(typed).toMatchObject({ path: "Text 2026-01-05 07.08.09.txt", typed: "Xin chào\n" });
  expect(await typed.file.text()).toBe("Xin chào\n");
});

test("what is copied with control characters in it is shown to whoever gets it", async () => {
  const pasted = "\0hello\0 \x1b[1mworld\x1b[0m\x07\r\n\tand more\0";
  const { file, typed } = typedFile(pasted, new Date());
  expect(typed).toBe("hello world\r\n\tand more");
  expect(shownText(new Uint8Array(await file.arrayBuffer()), false)).toBe("hello world\n\tand more");
});

test("only a text that is nothing but an address of the web can be opened", () => {
  expect(onlyLink(" https://example.org/a?b#c\n")?.href).toBe("https://example.org/a?b#c");
  expect(onlyLink("http://bank.example@evil.example/")?.host).toBe("evil.example");
  for (const text of ["", "see https://example.org", "https://a.example https://b.example", "https://"])
    expect(onlyLink(text), text).toBeUndefined();
  for (const text of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "magnet:?xt=x"])
    expect(onlyLink(text), text).toBeUndefined();
});
