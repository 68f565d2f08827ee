// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyFrom } from "./copy.ts";

let box: HTMLInputElement;
let button: HTMLButtonElement;

beforeEach(() => {
  box = document.createElement("input");
  box.value = "http://here/#abc";
  button = document.createElement("button");
  document.body.append(box, button);
  button.focus();
});
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function stubCommand(works: boolean) {
  const command = vi.fn(() => works);
  Object.defineProperty(document, "execCommand", { value: command, configurable: true });
  return command;
}

test("the clipboard API copies the text where it exists", async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  expect(await copyFrom(box)).toBe(true);
  expect(writeText).toHaveBeenCalledWith("http://here/#abc");
});

test("without it the old command copies the selected box, and the button keeps the focus", async () => {
  vi.stubGlobal("navigator", {});
  const command = stubCommand(true);
  expect(await copyFrom(box)).toBe(true);
  expect(command).toHaveBeenCalledWith("copy");
  expect(box.selectionEnd).toBe(box.value.length);
  expect(document.activeElement).toBe(button);
});

test("a forbidden clipboard API falls back to the old command", async () => {
  vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error("no")) } });
  stubCommand(true);
  expect(await copyFrom(box)).toBe(true);
});

test("if nothing works, the text stays selected for copying by hand", async () => {
  vi.stubGlobal("navigator", {});
  stubCommand(false);
  expect(await copyFrom(box)).toBe(false);
  expect(document.activeElement).toBe(box);
});
