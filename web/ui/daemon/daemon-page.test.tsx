// @vitest-environment happy-dom

import { signal } from "@preact/signals-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { Client, DaemonDesk, Entry, DaemonReach as Reach } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { App } from "../app.tsx";
import "../list/torrent-list.tsx"; // The page loads these later. Here they are ready when the tests begin.
import "../remove-dialog.tsx";
import { texts } from "../texts/texts.ts";
import { DaemonReach } from "./daemon-reach.tsx";
import { DaemonStart } from "./daemon-start.tsx";

let page: HTMLElement;
let removed: [key: string, deleteData: boolean][];
const reach = signal<Reach>({ state: "connected" });

beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
  removed = [];
  reach.value = { state: "connected" };
});
afterEach(() => {
  render(null, page);
  page.remove();
});

/** The page of a daemon with the made-up torrents, changed. */
async function open(change: (entry: Entry) => Entry): Promise<void> {
  const fake = createFakeClient("few");
  const desk: DaemonDesk = {
    reach,
    unlock: (typed) => /^\w+$/.test(typed),
    sharePath: async () => undefined,
  };
  const client: Client = {
    ...fake,
    entries: signal(fake.entries.value.map(change)),
    daemon: desk,
    remove: (...words) => void removed.push(words),
  };
  const parts = { desk, Reach: DaemonReach, Start: DaemonStart };
  await act(() => render(<App client={client} daemon={parts} />, page));
  await eventually(() => expect(all("article").length).toBeGreaterThan(0));
}

const onDisk =
  (folder: string | undefined) =>
  (entry: Entry): Entry =>
    entry.state === "hashing" ? entry : { ...entry, canSave: false, onDisk: { folder } };
const all = (selector: string): HTMLElement[] => Array.from(page.querySelectorAll<HTMLElement>(selector));
const names = (within: Element = page): string[] =>
  Array.from(
    within.querySelectorAll("button"),
    (one) => one.getAttribute("aria-label") ?? one.textContent ?? "",
  );

async function press(name: string, within: Element = page): Promise<void> {
  const button = Array.from(within.querySelectorAll("button")).find((one) => one.textContent === name);
  if (button === undefined) throw new Error(`no button called ${name}`);
  await act(() => button.click());
}

test("what only a browser with torrents of its own can do is not offered", async () => {
  await open(onDisk("/disk/films"));
  expect(all("nav")).toEqual([]);
  expect(page.textContent).toContain(texts.daemon.complete("/disk/films"));
  expect(names().filter((name) => /Save|Notify|catalog|Send text|Choose/.test(name))).toEqual([]);
  expect(all("input[type=checkbox]")).toEqual([]);
});

test("whatever state a download is in, removing it asks whether its files go, too", async () => {
  await open((entry) => {
    const placed = onDisk("/disk/films")(entry);
    if (placed.state === "hashing") return placed;
    // A daemon says so of files that it cannot open, though they may all be there.
    return { ...placed, state: "error", torrent: { ...placed.torrent, phase: "error", bytesDone: 0 } };
  });
  const [card] = all("article");
  if (card === undefined) throw new Error("no card");
  await press("Remove", card);
  await eventually(() => expect(all("dialog")).toHaveLength(1));
  const [dialog] = all("dialog");
  expect(dialog?.textContent).toContain(texts.daemon.data("/disk/films"));
  expect(names(dialog)).toEqual(["Remove and delete files", "Remove, keep files", "Cancel"]);
  await press("Remove, keep files", dialog);
  expect(removed.map(([, deleteData]) => deleteData)).toEqual([false]);
});

test("without a daemon that answers the page says so; locked, it asks for the token", async () => {
  await open(onDisk(undefined));
  await act(() => {
    reach.value = { state: "lost" };
  });
  expect(all(".page-line")[0]?.textContent).toContain(texts.daemon.lost);
  await act(() => {
    reach.value = { state: "locked", wasWrong: true };
  });
  expect(all("[role=alert]").map((one) => one.textContent)).toContain(texts.daemon.tokenWrong);
  const box = page.querySelector<HTMLInputElement>("#token");
  if (box === null) throw new Error("no box");
  box.value = "two words";
  await press(texts.daemon.open);
  expect(page.textContent).toContain(texts.daemon.tokenUnclear);
});
