import { expect, test } from "vitest";
import { createFakeClient } from "../engine/fake.ts";
import { pageTitle } from "./title.ts";

test("the title shows the progress of everything that is being hashed or downloaded", () => {
  const [hashing, film, ...others] = createFakeClient("busy").entries.value;
  if (hashing === undefined || film === undefined) throw new Error("the made-up list is too short");
  expect(pageTitle([])).toBe("Tabswarm");
  expect(pageTitle([film])).toBe("62% · Summer by the lake (director’s cut).mp4 · Tabswarm");
  expect(pageTitle([hashing, film])).toBe("47% · 2 files · Tabswarm");
  expect(pageTitle(others.filter((entry) => entry.state === "seeding"))).toBe("Tabswarm");
});
