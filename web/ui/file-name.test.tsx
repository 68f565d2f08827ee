// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { FileName } from "./file-name.tsx";

function parts(name: string): string[] {
  const page = document.createElement("div");
  render(<FileName name={name} />, page);
  return Array.from(page.querySelectorAll(".file-name > span"), (part) => part.textContent ?? "");
}

test("the end of a name with its extension is apart, so that only what is before it can give way", () => {
  expect(parts("A lecture recording of the autumn term.mkv")).toEqual([
    "A lecture recording of the a",
    "utumn term.mkv",
  ]);
  expect(parts("short.txt")).toEqual(["", "short.txt"]);
});

test("characters of several code points stay whole", () => {
  const family = "👩‍👩‍👧‍👦";
  expect(parts(`${family.repeat(3)}0123456789.jpg`)).toEqual([family.repeat(3), "0123456789.jpg"]);
  expect(parts(`xy${"e\u0301".repeat(14)}`)).toEqual(["xy", "e\u0301".repeat(14)]);
});
