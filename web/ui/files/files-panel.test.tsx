// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import type { FileView, TorrentView } from "#shared/session/view.ts";
import type { EntryKey } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { fakeTorrent } from "../../engine/fake-scenes.ts";
import { FilesPanel, ROWS_AT_ONCE } from "./files-panel.tsx";

afterEach(() => document.body.replaceChildren());

const PATHS = ["b/IMG_10.jpg", "b/IMG_2.jpg", "b/deep/x.txt", "a.txt"];

async function shown(paths = PATHS, bytes?: readonly number[], parts: Partial<FileView> = {}) {
  const client = createFakeClient("empty");
  const chosen = vi.spyOn(client, "chooseFiles");
  const saved = vi.spyOn(client, "saveFile");
  client.bytesOfFiles = async () => bytes;
  const page = document.createElement("div");
  document.body.append(page);
  const files = paths.map((path, index) => ({
    path,
    bytes: 1_200,
    selected: true,
    isFirst: false,
    index,
    ...parts,
  }));
  const torrent: TorrentView = fakeTorrent(1, { name: "a", bytesTotal: 1_000_000, bytesDone: 0, files });
  const key = "fake-1" as EntryKey;
  /** As the engine has it. */
  const redraw = () =>
    act(async () =>
      render(
        <FilesPanel {...{ client, entryKey: key, torrent }} canChoose={true} labelledBy="title" />,
        page,
      ),
    );
  await redraw();
  const box = (name: string) => page.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`);
  const button = (name: string) =>
    [...page.querySelectorAll("button")].find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === name,
    );
  const press = (name: string) => act(() => void button(name)?.click());
  const names = () => [...page.querySelectorAll(".file-name")].map(({ textContent }) => textContent);
  return { page, chosen, saved, box, button, press, names, redraw };
}

test("folders come first and open, names are in natural order", async () => {
  const { names, press, button } = await shown();
  expect(names()).toEqual(["b", "deep", "IMG_2.jpg", "IMG_10.jpg", "a.txt"]);
  await press("deep");
  expect(button("deep")?.getAttribute("aria-expanded")).toBe("true");
  expect(names()).toEqual(["b", "deep", "x.txt", "IMG_2.jpg", "IMG_10.jpg", "a.txt"]);
  await press("b");
  expect(names()).toEqual(["b", "a.txt"]);
});

test("a file or a whole folder is chosen by its box, which is mixed if some of a folder are", async () => {
  const { box, chosen, page } = await shown();
  void act(() => box("a.txt")?.click());
  expect(chosen).toHaveBeenLastCalledWith("fake-1", { selectedFiles: [0, 1, 2], firstFiles: [] });
  void act(() => box("b")?.click());
  expect(chosen).toHaveBeenLastCalledWith("fake-1", { selectedFiles: [], firstFiles: [] });
  void act(() => box("b")?.click());
  expect(chosen).toHaveBeenLastCalledWith("fake-1", { selectedFiles: [0, 1, 2], firstFiles: [] });
  expect(page.querySelector("[role=status]")?.textContent).toBe("3 of 4 chosen, 3.6 kB");
});

test("a choice is shown before the engine has it, and no longer if the engine does not take it", async () => {
  vi.useFakeTimers();
  const { box, redraw } = await shown();
  void act(() => box("a.txt")?.click());
  await redraw();
  expect(box("a.txt")?.checked).toBe(false);
  await act(() => void vi.advanceTimersByTime(3_000));
  expect(box("a.txt")?.checked).toBe(true);
  vi.useRealTimers();
});

test("with nothing chosen it asks for a file, and the next one is all that is chosen", async () => {
  const { box, chosen, press, page } = await shown();
  await press("None");
  expect(page.textContent).toContain("Choose at least one file.");
  expect(box("b")?.checked).toBe(false);
  void act(() => box("a.txt")?.click());
  expect(chosen).toHaveBeenLastCalledWith("fake-1", { selectedFiles: [3], firstFiles: [] });
});

test("what comes first is chosen, too", async () => {
  const { press, chosen } = await shown(PATHS, undefined, { selected: false });
  await press("Download deep first");
  expect(chosen).toHaveBeenLastCalledWith("fake-1", { selectedFiles: [2], firstFiles: [2] });
});

test("a file says how much of it is here, and can be saved alone once it is complete", async () => {
  const { page, press, saved, button } = await shown(PATHS, [1_200, 300, 0, 0]);
  expect([...page.querySelectorAll(".amount")].map(({ textContent }) => textContent)).toEqual([
    "41% of 3.6 kB",
    ...["1.2 kB", "25% of 1.2 kB", "1.2 kB", "1.2 kB"],
  ]);
  expect([button("Save IMG_2.jpg"), button("Download IMG_10.jpg first")]).toEqual([undefined, undefined]);
  await press("Save IMG_10.jpg");
  expect(saved).toHaveBeenCalledWith("fake-1", 0);
});

test("of ten thousand files so many are drawn, and more when asked for", async () => {
  const many = Array.from({ length: 10_000 }, (_, at) => `all/${at}.txt`);
  const { names, press, page } = await shown(many);
  expect(names()).toHaveLength(ROWS_AT_ONCE);
  expect(page.textContent).toContain("… and 9,701 more.");
  await press("Show more");
  expect(names()).toHaveLength(2 * ROWS_AT_ONCE);
});
