// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeClient, type FakeClient } from "../../engine/fake.ts";
import type { Scene } from "../../engine/fake-scenes.ts";
import { App } from "../app.tsx";

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
  await vi.waitFor(() => expect(all("article").length).toBeGreaterThan(0));
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
  expect(line?.querySelector<HTMLInputElement>(".link-box input")?.readOnly).toBe(true);
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
