// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepFocus } from "./keep-focus.ts";

let end: () => void;

beforeEach(() => {
  vi.spyOn(Element.prototype, "getClientRects").mockReturnValue([{}] as unknown as DOMRectList);
  end = keepFocus();
});
afterEach(() => {
  end();
  vi.restoreAllMocks();
  document.body.innerHTML = "";
});

const one = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`there is no ${id}`);
  return found;
};
const focused = (): string => document.activeElement?.id ?? "";

/** Lets the observer see what has changed. */
async function show(html: string, id: string): Promise<void> {
  document.body.innerHTML = html;
  await settled();
  one(id).focus();
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("what follows in the same place takes the focus of what goes, and if nothing does, what came before", async () => {
  await show(
    `<article><button id="a"></button><div id="row"><button id="b"></button><span id="s"></span><button id="c"></button></div></article>`,
    "b",
  );
  one("b").remove();
  await settled();
  expect(focused()).toBe("c");
  one("c").remove();
  await settled();
  expect(focused()).toBe("a"); // Nothing is left in the row.
});

test("it does not leave the place, and takes no text field", async () => {
  await show(`<article><input id="text"><button id="a"></button></article><button id="b"></button>`, "a");
  one("a").remove();
  await settled();
  expect(focused()).toBe("");
});

test("it returns to a button that was disabled for a while", async () => {
  await show(`<article><button id="a"></button><button id="b"></button></article>`, "a");
  one("a").blur(); // As browsers do by themselves.
  one("a").toggleAttribute("disabled", true);
  await settled();
  one("a").toggleAttribute("disabled", false);
  await settled();
  expect(focused()).toBe("a");
});

test.each([
  ["the tab key", () => one("a").dispatchEvent(new KeyboardEvent("keydown", { key: "Tab", bubbles: true }))],
  ["a click beside everything", () => document.body.click()],
])("whoever takes the focus away by %s is let go", async (_, leave) => {
  await show(`<article><button id="a"></button><span id="s"></span></article>`, "a");
  one("a").blur();
  leave();
  one("s").remove();
  await settled();
  expect(focused()).toBe("");
});
