// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { EntryKey } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { fakePeer, fakeTorrent } from "../../engine/fake-scenes.ts";
import { Details } from "./details.tsx";

const client = createFakeClient("empty");

afterEach(() => document.body.replaceChildren());

const KEY = "a" as EntryKey;

/** The details with this tab chosen. */
function shown(parts: Partial<TorrentView>, tab: RegExp): HTMLElement {
  const page = document.createElement("div");
  document.body.append(page);
  const torrent = fakeTorrent(1, { name: "a", bytesTotal: 1_000_000, ...parts });
  void act(() =>
    render(<Details id="details" torrent={torrent} client={client} entryKey={KEY} canChoose={false} />, page),
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

test("the details mention symbolic links that were left out", () => {
  expect(shown({ linksLeftOut: 2 }, /file/).textContent).toContain("2 symbolic links left out.");
  expect(shown({}, /file/).textContent).not.toContain("link");
});

test("the details say in words what is missing or not known yet", () => {
  const parts = { files: [], peers: [], trackers: [], pieceCount: 0, isPrivate: true };
  const text = (tab: RegExp) => shown(parts, tab).querySelector("[role=tabpanel]")?.textContent;
  expect(text(/file/)).toBe("The list of files is not here yet.");
  expect(text(/peer/)).toBe("Nobody is connected right now.");
  expect(text(/tracker/)).toBe("None that a browser can reach.");
  expect(text(/Overview/)).toContain("Pieces heldnot known yet");
  expect(text(/Overview/)).toContain("Private: only its own trackers introduce people to each other.");
});

test("a peer is named after its device, and its link says what it is, where it leads and how it came about", () => {
  const device = { program: "Firefox", system: "Android" } as const;
  const peers = [
    fakePeer(1, { client: "Tabswarm 1.0", device, deviceName: "Ada's phone", isNearby: true }),
    fakePeer(2, { client: "Tabswarm 1.0", device, deviceName: undefined, isIntroduced: true }),
    fakePeer(3, { client: "aria2 1.37", device: undefined, deviceName: undefined, kind: "tcp" }),
  ];
  const page = shown({ peers }, /3 peers/);
  const rows = Array.from(page.querySelectorAll("tbody tr"), ({ children }) => [...children].slice(0, 2));
  expect(rows.map((row) => row.map(({ textContent }) => textContent))).toEqual([
    ["Ada's phoneTabswarm 1.0", "WebRTC, nearby"],
    ["Firefox on AndroidTabswarm 1.0", "WebRTC, introduced by a peer"],
    ["aria2 1.37", "TCP"],
  ]);
  expect(page.textContent).toContain("Score: the useful share of what it did, from 0 to 100");
});

test("a tracker on standby says so, and why; with several trackers each says its tier", () => {
  const tracker = (url: string, tier: number, message?: string): TorrentView["trackers"][number] => ({
    url: url as TrackerUrl,
    tier,
    state: "standby",
    ...{ seeders: 0, leechers: 0, nextInSeconds: undefined, message },
  });
  const [one, other] = [tracker("wss://a.test/", 1), tracker("wss://b.test/", 2, "the tracker hung up")];
  const rows = (trackers: TorrentView["trackers"]) =>
    Array.from(shown({ trackers }, /tracker/).querySelectorAll(".tracker"), (row) => row.textContent);
  expect(rows([one, other])).toEqual([
    "wss://a.test/ Tier 1. Standing by.",
    "wss://b.test/ Tier 2. Standing by: the tracker hung up.",
  ]);
  expect(rows([one])).toEqual(["wss://a.test/ Standing by."]);
});
