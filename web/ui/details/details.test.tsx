// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { fakeTorrent } from "../../engine/fake-scenes.ts";
import { Details, MAX_FILES_SHOWN } from "./details.tsx";

function shown(parts: Partial<TorrentView>): HTMLElement {
  const page = document.createElement("div");
  const torrent = fakeTorrent(1, { name: "a", bytesTotal: 1_000_000, ...parts });
  render(<Details id="details" torrent={torrent} />, page);
  return page;
}

const files = (count: number): TorrentView["files"] =>
  Array.from({ length: count }, (_, at) => ({ path: `folder/${at}.txt`, bytes: 1200, selected: at !== 1 }));

test("the list of files has paths, sizes, and which of them are not selected", () => {
  const rows = Array.from(shown({ files: files(2) }).querySelectorAll(".file"), (row) => row.textContent);
  expect(rows).toEqual(["folder/0.txt1.2 kB", "folder/1.txt1.2 kB, not selected"]);
});

test("a list of files too long to read is cut and says so", () => {
  const page = shown({ files: files(MAX_FILES_SHOWN + 1234) });
  expect(page.querySelectorAll(".file")).toHaveLength(MAX_FILES_SHOWN);
  expect(page.textContent).toContain("… and 1,234 more.");
  expect(shown({ files: files(MAX_FILES_SHOWN) }).textContent).not.toContain("more.");
});

test("the details mention symbolic links that were left out", () => {
  expect(shown({ files: files(1), linksLeftOut: 2 }).textContent).toContain("2 symbolic links left out.");
  expect(shown({ files: files(1) }).textContent).not.toContain("link");
});

test("the details say in words what is missing or not known yet", () => {
  const page = shown({ files: [], peers: [], trackers: [], pieceCount: 0, isPrivate: true });
  expect(page.textContent).toContain("The list of files is not here yet.");
  expect(page.textContent).toContain("Nobody is connected right now.");
  expect(page.textContent).toContain("None that a browser can reach.");
  expect(page.textContent).toContain("Pieces heldnot known yet");
  expect(page.textContent).toContain("Private: only its own trackers introduce people to each other.");
});

test("a tracker on standby says so, and why", () => {
  const tracker = (url: string, message: string | undefined): TorrentView["trackers"][number] => ({
    url: url as TrackerUrl,
    state: "standby",
    ...{ seeders: 0, leechers: 0, nextInSeconds: undefined, message },
  });
  const page = shown({
    trackers: [tracker("wss://a.test/", undefined), tracker("wss://b.test/", "the tracker hung up")],
  });
  const rows = Array.from(page.querySelectorAll(".tracker"), (row) => row.textContent);
  expect(rows).toEqual(["wss://a.test/ Standing by.", "wss://b.test/ Standing by: the tracker hung up."]);
});
