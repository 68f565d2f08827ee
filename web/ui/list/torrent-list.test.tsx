// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { createFakeClient, type FakeClient } from "../../engine/fake.ts";
import type { Scene } from "../../engine/fake-scenes.ts";
import { App } from "../app.tsx";
import "../remove-dialog.tsx"; // The page loads these later. Here they are ready when the tests begin.
import "./torrent-list.tsx";

let page: HTMLElement;
let client: FakeClient;

beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => {
  render(null, page);
  page.remove();
});

async function open(scene: Scene): Promise<void> {
  client = createFakeClient(scene);
  await act(() => render(<App client={client} />, page));
  await eventually(() => expect(all("article").length).toBeGreaterThan(0));
}

const all = <Kind extends Element = HTMLElement>(selector: string): Kind[] =>
  Array.from(page.querySelectorAll<Kind>(selector));
const lines = (): HTMLElement[] => all("article.line");
const titles = (): string[] => all("article h3").map((title) => title.textContent ?? "");

async function press(name: string): Promise<void> {
  const button = all("button").find((one) => (one.getAttribute("aria-label") ?? one.textContent) === name);
  if (button === undefined) throw new Error(`no button called ${name}`);
  await act(() => button.click());
}

async function select(name: string): Promise<void> {
  const box = all<HTMLInputElement>("input[type=checkbox]").find(
    (one) => one.getAttribute("aria-label") === `Select ${name}`,
  );
  if (box === undefined) throw new Error(`no box for ${name}`);
  await act(() => box.click());
}

test("five torrents are cards, and more are lines until the person says otherwise", async () => {
  await open("few");
  expect(lines()).toEqual([]);
  await open("busy");
  expect(lines()).toHaveLength(client.entries.value.length);
  await press("Compact list");
  expect(lines()).toEqual([]);
});

test("a line opens into its card and closes again, and has its link and its main action all the time", async () => {
  await open("busy");
  const title = "quarterly-review-slides.pdf";
  const save = vi.spyOn(client, "save");
  const line = lines().find((one) => one.textContent?.includes(title));
  expect(line?.firstElementChild?.getAttribute("role")).toBe("progressbar");
  expect(Array.from(line?.querySelectorAll("button") ?? [], (one) => one.title)).toEqual([
    "Save",
    "Copy link",
    "",
  ]);
  expect(line?.querySelector<HTMLInputElement>(".copy-box input")?.readOnly).toBe(true);
  await act(() => line?.querySelector("button")?.click());
  expect(save).toHaveBeenCalledOnce();
  await press(`Show more of ${title}`);
  expect(all("article.expanded h3").map((one) => one.textContent)).toEqual([title]);
  await press("Less");
  expect(all("article.expanded")).toEqual([]);
});

test("what was just added is open among the lines", async () => {
  await open("busy");
  await act(() => client.addLink(`${"b".repeat(40)}&dn=Fresh`));
  expect(all("article.expanded h3").map((one) => one.textContent)).toEqual(["Fresh"]);
});

test("the search shows what matches, says so if nothing does, and lets the person back", async () => {
  await open("busy");
  const box = all<HTMLInputElement>("input[type=search]")[0];
  if (box === undefined) throw new Error("no search");
  const type = (text: string): void | Promise<void> =>
    act(() => {
      box.value = text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  await type("quartet");
  expect(titles()).toEqual(["String quartet"]);
  await type("no such thing");
  expect(page.textContent).toContain("Nothing in your list matches.");
  await press("Show everything");
  expect(lines()).toHaveLength(client.entries.value.length);
});

test("all are paused and resumed at once, but not a download that waits for its own button", async () => {
  await open("busy");
  await press("Pause all");
  const states = (): string[] => client.entries.value.map(({ state }) => state);
  expect(
    states().filter((state) => ["downloading", "seeding", "metadata", "checking"].includes(state)),
  ).toEqual([]);
  await press("Resume all");
  expect(client.entries.value.filter(({ state }) => state === "paused")).toMatchObject([
    { waitsBecause: "large" },
  ]);
});

test("several that are selected are removed after a question that says what goes", async () => {
  await open("busy");
  const count = client.entries.value.length;
  await select("Field recordings 🐦.zip");
  await select("String quartet");
  expect(page.textContent).toContain("2 torrents selected");
  await press("Remove");
  const dialog = all("dialog")[0];
  expect(dialog?.textContent).toContain("This browser deletes the 900 MB that it has stored");
  expect(dialog?.textContent).toContain("Your own files stay where they are.");
  await press("Remove them");
  expect(client.entries.value).toHaveLength(count - 2);
  expect(titles()).not.toContain("String quartet");
  expect(page.textContent).not.toContain("selected");
});

test("finished downloads are cleared: those that have been saved, and nothing else", async () => {
  await open("busy");
  expect(all("button").map((one) => one.textContent)).not.toContain("Clear finished");
  await act(() => client.advance(3)); // A save that is running ends.
  await press("Clear finished");
  expect(all("dialog h2")[0]?.textContent).toBe("Clear 1 finished download?");
  await press("Clear them");
  expect(titles()).not.toContain("<b>not bold</b> & co.html");
  expect(titles()).toContain("quarterly-review-slides.pdf");
});

test("what other tabs have is below the list, and goes into it when it is opened here", async () => {
  await open("tabs");
  const names = (): string[] => all(".elsewhere .file-name").map((one) => one.title);
  expect(titles()).toHaveLength(3);
  expect(names()).toHaveLength(5);
  expect(names()).not.toContain("quarterly-review-slides.pdf"); // This tab has it, too.
  expect(all(".elsewhere li")[0]?.textContent).toBe(
    "Field trip, day two.zipDownloading 39% ↓ 6.2 MB/s in another tabOpen here too",
  );
  expect(all(".elsewhere li .facts").map((one) => one.textContent)).toEqual([
    "Downloading 39% ↓ 6.2 MB/s in another tab",
    "Complete 180 MB in another tab",
    "Sharing ↑ 800 kB/s in another tab",
    "Ready to start 0% 180 MB in another tab",
    "Looking it up in another tab",
  ]);
  await press("Open here too");
  expect(titles()[0]).toBe("Field trip, day two.zip");
  expect(names()).toHaveLength(4);
  expect(document.activeElement?.id).toBe("list-title");
});

test("search, filters and order are for what other tabs have as well", async () => {
  await open("tabs");
  const names = (): string[] => all(".elsewhere .file-name").map((one) => one.title);
  const choose = (label: string, name: string): void | Promise<void> => {
    const select = all<HTMLSelectElement>("select").find(
      (one) => one.labels?.[0]?.textContent?.trim() === label,
    );
    if (select === undefined) throw new Error(`no choice called ${label}`);
    return act(() => {
      select.selectedIndex = Array.from(select.options).findIndex((option) => option.textContent === name);
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };
  await choose("Show", "Waiting for you");
  expect(names()).toEqual(["Lecture 12.mkv"]);
  await choose("Show", "Complete downloads");
  expect(names()).toEqual([expect.stringMatching(/^A map/)]);
  await choose("Show", "All");
  await choose("Order", "Fastest first");
  expect(names().slice(0, 2)).toEqual(["Field trip, day two.zip", "Hồ sơ nhà đất"]);
});

test("the question before a removal says what another tab keeps, and offers to delete nothing of that", async () => {
  await open("tabs");
  const card = all("article").find((one) => one.textContent?.includes("quarterly-review-slides.pdf"));
  const remove = Array.from(card?.querySelectorAll("button") ?? []).find(
    (one) => one.textContent === "Remove",
  );
  await act(() => remove?.click());
  await eventually(() => expect(all("dialog")).toHaveLength(1));
  const [dialog] = all("dialog");
  expect(dialog?.textContent).toContain("also open in another tab, which keeps the 24.8 MB");
  expect(dialog?.textContent).not.toContain("your copy is gone");
  expect(dialog?.textContent).toContain("The link keeps working while the other tab is open.");
  expect(Array.from(dialog?.querySelectorAll("button") ?? [], (one) => one.textContent)).toEqual([
    "Remove it",
    "Cancel",
  ]);
});

test("of several that are removed, what another tab has is not said to be deleted", async () => {
  await open("tabs");
  await press("Compact list");
  await select("quarterly-review-slides.pdf");
  await press("Remove");
  expect(all("dialog")[0]?.textContent).toContain("What is also open in another tab stays there");
  expect(all("dialog")[0]?.textContent).not.toContain("deletes");
});
