// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import type { Entry } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { TabWatch } from "./tab-watch.tsx";

const page = document.createElement("div");
afterEach(() => render(null, page));

const client = createFakeClient("few");
const [film, , complete] = client.entries.value as [Entry, Entry, Entry];
const done = { ...film, state: "seeding", canSave: true } as Entry;
const save = vi.spyOn(client, "save").mockImplementation(() => {});

async function watch(...lists: readonly (readonly Entry[])[]): Promise<void> {
  save.mockClear();
  for (const entries of lists) await act(() => render(<TabWatch client={client} entries={entries} />, page));
}

test("a download is saved once when it becomes complete, if the person wants that", async () => {
  client.changeSettings({ savesWhenComplete: true });
  await watch([film, complete], [done, complete], [done, complete]);
  expect(save.mock.calls).toEqual([[film.key]]);
});

test("nothing is saved that the person has saved, or if nobody wants it", async () => {
  await watch([film], [{ ...done, isSaved: true } as Entry]);
  expect(save).not.toHaveBeenCalled();
  render(null, page);
  client.changeSettings({ savesWhenComplete: false });
  await watch([film], [done]);
  expect(save).not.toHaveBeenCalled();
});
