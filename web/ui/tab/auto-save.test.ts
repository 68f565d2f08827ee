import { expect, test } from "vitest";
import type { Entry } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { AutoSave } from "./auto-save.ts";

const [film, , complete] = createFakeClient("few").entries.value as [Entry, Entry, Entry];
const done = { ...film, state: "seeding", canSave: true } as Entry;

function savedOf(lists: readonly (readonly Entry[])[], isWanted = true): string[] {
  const saved: string[] = [];
  const [first = [], ...rest] = lists;
  const autoSave = new AutoSave(first, (key) => saved.push(key));
  for (const list of rest) autoSave.take(list, isWanted);
  return saved;
}

test("a download is saved once when it becomes complete", () => {
  expect(film.state).toBe("downloading");
  expect(savedOf([[film], [film], [done], [done]])).toEqual([film.key]);
});

test("nothing is saved that was complete before, that the person has saved, or if nobody wants it", () => {
  expect(savedOf([[complete], [complete]])).toEqual([]);
  expect(savedOf([[film], [{ ...done, isSaved: true } as Entry]])).toEqual([]);
  expect(savedOf([[film], [done]], false)).toEqual([]);
});
