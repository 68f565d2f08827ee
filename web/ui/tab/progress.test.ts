// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { createFakeClient } from "../../engine/fake.ts";
import { setTitle } from "../title.ts";
import { progressOf, progressTitle } from "./progress.ts";

test("the title shows the progress of everything that is being hashed or downloaded, and the open view", () => {
  const [hashing, film, ...others] = createFakeClient("busy").entries.value;
  if (hashing === undefined || film === undefined) throw new Error("the made-up list is too short");
  const shown = (entries: Parameters<typeof progressTitle>[0], view: string): string => {
    setTitle("progress", progressTitle(entries));
    setTitle("view", view);
    return document.title;
  };
  expect(shown([], "")).toBe("Tabswarm");
  expect(shown([film], "")).toBe("62% · Summer by the lake (director’s cut).mp4 · Tabswarm");
  expect(shown([hashing, film], "")).toBe("47% · 2 files · Tabswarm");
  expect(progressOf([])).toBeUndefined();
  expect(progressOf([film])).toBeCloseTo(0.623, 2);
  expect(shown([], "Catalog")).toBe("Catalog · Tabswarm");
  expect(shown([hashing, film], "Catalog")).toBe("47% · 2 files · Catalog · Tabswarm");
  expect(
    shown(
      others.filter((entry) => entry.state === "seeding"),
      "",
    ),
  ).toBe("Tabswarm");
});
