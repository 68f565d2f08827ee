// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { EntryKey, ListedTracker } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import type { TorrentEntry } from "../../engine/fake-entries.ts";
import { TrackerList } from "./tracker-list.tsx";

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

/** The trackers of a made-up torrent, drawn anew by `draw`. */
function shown() {
  const client = createFakeClient("few");
  const page = document.createElement("div");
  document.body.append(page);
  const [film] = client.entries.value;
  const key = film?.key as EntryKey;
  const entry = () => client.entries.value.find((one) => one.key === key) as TorrentEntry;
  const draw = (change: Partial<TorrentEntry["torrent"]> = {}, listed?: readonly ListedTracker[]): void => {
    const { torrent, trackers } = entry();
    const props = { client, entryKey: key, id: "t", listed: listed ?? trackers, ...torrent, ...change };
    void act(() => render(<TrackerList {...props} />, page));
  };
  draw();
  const rows = () => Array.from(page.querySelectorAll("li"), ({ textContent }) => textContent);
  const buttons = () => [...page.querySelectorAll<HTMLButtonElement>("li button")];
  return { client, key, page, draw, rows, buttons };
}

async function typed(page: HTMLElement, address: string): Promise<HTMLInputElement> {
  const box = page.querySelector("input") as HTMLInputElement;
  box.focus();
  await act(() => {
    box.value = address;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(async () => {
    page.querySelector("form")?.requestSubmit();
  });
  return box;
}

test("what cannot be added stays in the box, with the reason under it, and what can joins the list", async () => {
  const { page, draw, rows } = shown();
  const box = await typed(page, "no tracker");
  expect(box.value).toBe("no tracker");
  expect(box.getAttribute("aria-invalid")).toBe("true");
  const reason = document.getElementById(box.getAttribute("aria-describedby") ?? "");
  expect(reason?.textContent).toContain("That is no address of a tracker.");
  expect(reason?.getAttribute("role")).toBe("alert");

  await typed(page, "wss://more.example/announce");
  expect(box.value).toBe("");
  expect(document.activeElement).toBe(box);
  expect(page.querySelector("[role=status]")?.textContent).toContain("It is asked from now on");
  draw();
  expect(rows().at(-1)).toContain("wss://more.example/announce Tier 3. Connecting…");
});

test("whoever takes trackers out with the keyboard goes on at the next one, and at the list after the last", async () => {
  const { client, key, page, draw, rows, buttons } = shown();
  await client.addTracker(key, "wss://more.example/");
  draw();
  expect(rows()[0]).toContain("This page's own.");
  expect(buttons().map((button) => button.getAttribute("aria-label"))).toEqual([
    "Take out wss://tracker.example.org/announce",
    "Take out wss://more.example/",
  ]);
  buttons()[0]?.click();
  draw();
  expect(buttons()).toEqual([document.activeElement]);
  buttons()[0]?.click();
  draw();
  expect(document.activeElement).toBe(page.querySelector("ul"));
  expect(rows()).toHaveLength(1);
});

test("trackers without a state say why they are not asked, and those of a private torrent cannot be changed", () => {
  const { page, draw, rows } = shown();
  const one = (url: string, isReachable: boolean) => ({ url: url as TrackerUrl, isOwn: false, isReachable });
  const listed = [one("wss://a.test/", true), one("udp://b.test:80", false)];
  draw({ trackers: [] }, listed);
  expect(rows()).toEqual([
    "wss://a.test/ Not asked while the torrent is stopped.Take out",
    "udp://b.test:80 This page cannot ask it, but links name it for other programs.Take out",
  ]);
  draw({}, listed);
  expect(rows()[0]).toContain("Not asked: the torrent has too many.");
  draw({ isPrivate: true }, listed);
  expect(page.querySelectorAll("button, input")).toHaveLength(0);
  expect(page.textContent).toContain("This torrent is private");
});

test("a countdown goes on although the engine says nothing, and follows what it says", async () => {
  vi.useFakeTimers();
  const { draw, rows } = shown();
  await act(async () => {
    await vi.advanceTimersByTimeAsync(4_000);
  });
  expect(rows()[0]).toContain("Next request in 1 min 20 s.");
  draw();
  expect(rows()[0]).toContain("Next request in 1 min 20 s.");
  const { trackers } =
    createFakeClient("few").entries.value.flatMap((entry) => ("torrent" in entry ? entry.torrent : []))[0] ??
    {};
  draw({ trackers: trackers?.map((tracker) => ({ ...tracker, nextInSeconds: 30 })) ?? [] });
  expect(rows()[0]).toContain("Next request in 30 s.");
  await act(async () => {
    await vi.advanceTimersByTimeAsync(31_000);
  });
  expect(rows()[0]).toContain("Next request in 0 s.");
});
