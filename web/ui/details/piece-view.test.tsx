// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { PieceMap } from "../../engine/client.ts";
import { gridOf } from "./piece-cells.ts";
import { PieceView } from "./piece-view.tsx";

afterEach(() => render(null, document.body));

const mapOf = (states: readonly number[], copies: readonly number[]): PieceMap => ({
  states: Uint8Array.from(states),
  copies: Uint8Array.from(copies),
});

test("the map says in words what it shows", async () => {
  const map = mapOf([2, 2, 1, 0, 0, 0, 3], [5, 0, 1, 2, 1, 0, 0]);
  await act(() => render(<PieceView load={async () => map} news={{}} />, document.body));
  await eventually(() =>
    expect(document.querySelector("p")?.textContent).toBe(
      "2 of 7 pieces here. 1 being fetched. 3 missing. Only one connected peer has 1 of the missing ones. No connected peer has 1 of them. 1 not wanted.",
    ),
  );
});

test("the map is drawn again only if a piece has changed, or the theme", async () => {
  const fillRect = vi.fn();
  const getContext = vi.spyOn(HTMLCanvasElement.prototype, "getContext");
  getContext.mockReturnValue({ fillRect } as unknown as ReturnType<HTMLCanvasElement["getContext"]>);
  let states = [2, 0];
  const load = vi.fn(async () => mapOf(states, [1, 1]));
  const show = () => act(() => render(<PieceView load={load} news={{}} />, document.body));
  await show();
  await eventually(() => expect(fillRect).toHaveBeenCalledTimes(2));
  await show();
  await eventually(() => expect(load).toHaveBeenCalledTimes(2));
  states = [2, 2];
  await show();
  await eventually(() => expect(fillRect).toHaveBeenCalledTimes(4));
  document.documentElement.dataset["theme"] = "dark";
  await eventually(() => expect(fillRect).toHaveBeenCalledTimes(6));
  delete document.documentElement.dataset["theme"];
  getContext.mockRestore();
});

test("pieces that are not known yet are not drawn", async () => {
  await act(() => render(<PieceView load={async () => undefined} news={{}} />, document.body));
  await eventually(() => expect(document.body.textContent).toBe("How many pieces it has is not known yet."));
});

test("few pieces have large cells, each with its shade", () => {
  const map = mapOf([2, 1, 0, 0, 0, 3], [0, 0, 0, 1, 2, 0]);
  expect(gridOf(map, 280)).toEqual({
    columns: 20,
    cell: 14,
    shades: ["held", "begun", "nowhere", "rare", "common", "unwanted"],
  });
});

test("more pieces than there is room for share cells, which show the rarest of them", () => {
  const states = new Uint8Array(100_000).fill(2);
  states[50_000] = 0; // Two peers have it.
  const { columns, cell, shades } = gridOf({ states, copies: new Uint8Array(100_000).fill(2) }, 300);
  expect(columns * cell).toBeLessThanOrEqual(300);
  expect(Math.ceil(shades.length / columns) * cell).toBeLessThanOrEqual(168);
  expect(shades.filter((shade) => shade !== "held")).toEqual(["common"]);
});
