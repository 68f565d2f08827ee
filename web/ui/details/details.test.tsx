// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Client, EntryKey } from "../../engine/client.ts";
import { NO_CONTROLS } from "../../engine/controls.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { fakePeer, fakeTorrent } from "../../engine/fake-scenes.ts";
import { writtenMoment } from "../fields/read-stop.ts";
import { Details } from "./details.tsx";

const client = createFakeClient("empty");

afterEach(() => document.body.replaceChildren());

const KEY = "a" as EntryKey;

/** The details with this tab chosen. */
function shown(parts: Partial<TorrentView>, tab: RegExp, asked: Client = client): HTMLElement {
  const page = document.createElement("div");
  document.body.append(page);
  const torrent = fakeTorrent(1, { name: "a", bytesTotal: 1_000_000, ...parts });
  void act(() =>
    render(
      <Details
        id="details"
        torrent={torrent}
        client={asked}
        entryKey={KEY}
        canChoose={false}
        canEnd={true}
        controls={NO_CONTROLS}
        listed={torrent.trackers.map(({ url }) => ({ url, isOwn: false, isReachable: true }))}
      />,
      page,
    ),
  );
  const named = tabsOf(page).find(({ textContent }) => tab.test(textContent ?? ""));
  void act(() => named?.click());
  return page;
}

const tabsOf = (page: HTMLElement): HTMLElement[] => [...page.querySelectorAll<HTMLElement>("[role=tab]")];

function press(key: string): void {
  void act(
    () => void document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })),
  );
}

test("arrow keys, Home and End choose a tab, which alone can be reached with the tab key", () => {
  const page = shown({}, /Overview/);
  const chosen = (): readonly (string | null)[] => {
    const tab = tabsOf(page).filter(
      (one) => one.getAttribute("aria-selected") === "true" && one.tabIndex === 0,
    );
    const panel = page.querySelector("[role=tabpanel]");
    expect(tab[0]?.getAttribute("aria-controls")).toBe(panel?.id);
    expect(panel?.getAttribute("aria-labelledby")).toBe(tab[0]?.id);
    expect(tab).toEqual([document.activeElement]);
    return tab.map(({ textContent }) => textContent);
  };
  tabsOf(page)[0]?.focus();
  expect(chosen()).toEqual(["Overview"]);
  press("ArrowRight");
  expect(chosen()).toEqual(["Pieces"]);
  press("Home");
  press("ArrowLeft");
  const last = chosen();
  press("End");
  expect(chosen()).toEqual(last);
  press("ArrowRight");
  expect(chosen()).toEqual(["Overview"]);
  expect(tabsOf(page).filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
});

test("the link of the person's own files ends after a question, and at limits of its own", () => {
  const told: unknown[] = [];
  const spied = { ...client, endLink: (key: EntryKey) => told.push(key) } as unknown as typeof client;
  spied.changeControls = (_, change) => told.push(change);
  const page = shown({}, /Options/, spied);
  const press = (name: string) =>
    act(() => [...page.querySelectorAll("button")].find(({ textContent }) => textContent === name)?.click());
  void press("End this link");
  expect(page.querySelector("dialog")?.textContent).toContain("Whoever already has the pieces can go on");
  void press("Cancel");
  expect([page.querySelector("dialog"), ...told]).toEqual([null]);
  void press("End this link");
  void press("End it");
  expect(told.splice(0)).toEqual([KEY]);

  void act(() => page.querySelector<HTMLInputElement>("[type=radio]:not(:checked)")?.click());
  const type = (label: string, text: string) =>
    act(() => {
      const named = [...page.querySelectorAll("label")].find(({ textContent }) => textContent === label);
      const box = page.querySelector(`#${named?.htmlFor}`) as HTMLInputElement;
      box.value = text;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  void type("Stop after so many people have everything", "2");
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).setSeconds(0, 0);
  void type("Stop at this time", writtenMoment(tomorrow));
  expect(told).toMatchObject([{ stopAt: { downloads: 2 } }, { stopAt: { at: tomorrow } }]);
  void type("Stop at this time", "2001-01-01T00:00");
  expect(told).toHaveLength(2);
  expect(page.querySelector("[role=alert]")?.textContent).toMatch(/from now on and within a year/);
});

test("the details mention symbolic links that were left out", () => {
  expect(shown({ linksLeftOut: 2 }, /file/).textContent).toContain("2 symbolic links left out.");
  expect(shown({}, /file/).textContent).not.toContain("link");
});

test("the details say in words what is missing or not known yet", () => {
  const parts = { files: [], peers: [], trackers: [], pieceCount: 0, isPrivate: true };
  const text = (tab: RegExp) => shown(parts, tab).querySelector("[role=tabpanel]")?.textContent;
  expect(text(/file/)).toBe("The list of files is not here yet.");
  expect(text(/peer/)).toBe("Nobody is connected right now.");
  expect(text(/tracker/)).toBe(
    "It names none.This torrent is private: only the trackers that it names may know of it, so none can be added or taken out.",
  );
  expect(text(/Overview/)).toContain("Pieces heldnot known yet");
  expect(text(/Overview/)).toContain("Private: only its own trackers introduce people to each other.");
});

test("a peer is named after its device, with its client and whether it is a browser, and its link says where it leads and how it came about", () => {
  const device = { program: "Firefox", system: "Android" } as const;
  const peers = [
    fakePeer(1, { client: "Tabswarm 1.0", device, deviceName: "Ada's phone", isNearby: true }),
    fakePeer(2, { client: "Tabswarm 1.0", device, deviceName: undefined, isIntroduced: true }),
    fakePeer(3, { client: "aria2 1.37", device: undefined, deviceName: undefined, kind: "tcp" }),
  ];
  const page = shown({ peers }, /3 peers/);
  const rows = Array.from(page.querySelectorAll("tbody tr"), ({ children }) => [...children].slice(0, 2));
  expect(rows.map((row) => row.map(({ textContent }) => textContent))).toEqual([
    ["Ada's phoneTabswarm 1.0, Firefox on Android, browser", "WebRTC, nearby"],
    ["Firefox on AndroidTabswarm 1.0, browser", "WebRTC, introduced by a peer"],
    ["aria2 1.37desktop", "TCP"],
  ]);
  expect(page.textContent).toContain("Score: the useful share of what it did, from 0 to 100");
});

test("a tracker on standby says so, and why; with several trackers each says its tier", () => {
  const tracker = (url: string, tier: number, message?: string): TorrentView["trackers"][number] => ({
    url: url as TrackerUrl,
    tier,
    offersRelayed: undefined,
    state: "standby",
    ...{ seeders: 0, leechers: 0, nextInSeconds: undefined, message },
  });
  const [one, other] = [tracker("wss://a.test/", 1), tracker("wss://b.test/", 2, "the tracker hung up")];
  const rows = (trackers: TorrentView["trackers"]) =>
    Array.from(shown({ trackers }, /tracker/).querySelectorAll(".tracker > span"), (row) => row.textContent);
  expect(rows([one, other])).toEqual([
    "wss://a.test/ Tier 1. Standing by.",
    "wss://b.test/ Tier 2. Standing by: the tracker hung up.",
  ]);
  expect(rows([one])).toEqual(["wss://a.test/ Standing by."]);
});
