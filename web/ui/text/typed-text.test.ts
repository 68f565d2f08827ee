import { expect, test } from "vitest";
import { previewOf } from "../files/preview-kind.ts";
import { onlyLink, typedFile } from "./typed-text.ts";

test("a typed text is a file that says when it was written", async () => {
  const typed = typedFile("Xin chào\n", new Date(2026, 0, 5, 7, 8, 9));
  expect(typed).toMatchObject({ path: "Text 2026-01-05 07.08.09.txt", typed: "Xin chào\n" });
  expect(await typed.file.text()).toBe("Xin chào\n");
});

test("zero characters that came along with a text do not keep others from reading it", async () => {
  const { file } = typedFile("Xin\0 chào\0", new Date());
  expect(await previewOf(file)).toMatchObject({ type: "text", text: "Xin chào" });
});

test("only a text that is nothing but an address of the web can be opened", () => {
  expect(onlyLink(" https://example.org/a?b#c\n")?.href).toBe("https://example.org/a?b#c");
  expect(onlyLink("http://bank.example@evil.example/")?.host).toBe("evil.example");
  for (const text of ["", "see https://example.org", "https://a.example https://b.example", "https://"])
    expect(onlyLink(text), text).toBeUndefined();
  for (const text of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "magnet:?xt=x"])
    expect(onlyLink(text), text).toBeUndefined();
});
