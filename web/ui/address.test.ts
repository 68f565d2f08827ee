// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { followAddress } from "./address.ts";

const HEX = "00112233445566778899aabbccddeeff00112233" as InfoHash;

afterEach(() => {
  location.hash = "";
});

test("the page adds the link in its address at the start and at every change", async () => {
  location.hash = `#${HEX}&tr=ws%3A%2F%2Fa%2F`;
  const addLink = vi.fn<(text: string) => void>();
  const end = followAddress(addLink, () => {});
  expect(addLink.mock.calls).toEqual([[`${HEX}&tr=ws%3A%2F%2Fa%2F`]]);

  location.hash = `#magnet:?xt=urn:btih:${HEX}`;
  window.dispatchEvent(new Event("hashchange"));
  expect(addLink).toHaveBeenLastCalledWith(`magnet:?xt=urn:btih:${HEX}`);
  end();
  const count = addLink.mock.calls.length;
  window.dispatchEvent(new Event("hashchange"));
  expect(addLink.mock.calls.length).toBe(count);
});

test("an address without a fragment adds nothing", () => {
  const addLink = vi.fn<(text: string) => void>();
  followAddress(addLink, () => {})();
  expect(addLink).not.toHaveBeenCalled();
});

test("a view's address shows the view and adds nothing; a link's shows the list", () => {
  const [addLink, showView] = [vi.fn<(text: string) => void>(), vi.fn<(path: string) => void>()];
  location.hash = `#/catalog/${HEX}`;
  const end = followAddress(addLink, showView);
  expect(showView).toHaveBeenLastCalledWith(`catalog/${HEX}`);
  for (const [hash, path] of [
    ["#/", ""],
    ["#/tracker", "tracker"],
    ["", ""],
    ["#/catalog", "catalog"],
  ] as const) {
    location.hash = hash;
    window.dispatchEvent(new Event("hashchange"));
    expect(showView).toHaveBeenLastCalledWith(path);
  }
  expect(addLink).not.toHaveBeenCalled();

  location.hash = `#${HEX}&dn=a/b`;
  window.dispatchEvent(new Event("hashchange"));
  expect(showView).toHaveBeenLastCalledWith("");
  expect(addLink.mock.calls).toEqual([[`${HEX}&dn=a/b`]]);
  end();
});
