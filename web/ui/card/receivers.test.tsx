// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { fakePeer, fakeTorrent } from "../../engine/fake-scenes.ts";
import { MAX_RECEIVERS_SHOWN, Receivers } from "./receivers.tsx";

const PHONE = { program: "Chrome", system: "Android" } as const;

/** What a person reads, a line for each row and each sentence. */
function lines(parts: Partial<TorrentView>): readonly (string | null)[] {
  const page = document.createElement("div");
  const torrent = fakeTorrent(1, { name: "film.mp4", bytesTotal: 1_000_000, ...parts });
  render(<Receivers torrent={torrent} titleId="title" />, page);
  return [...page.querySelectorAll("li, p")].map((line) =>
    [...line.childNodes]
      .map(({ textContent }) => textContent)
      .filter(Boolean)
      .join(" | "),
  );
}

const named = (parts: Partial<PeerView>): readonly (string | null)[] =>
  lines({ peers: [fakePeer(1, { progress: 0.5, ...parts })] });

test("a receiver is called by the device's name, or by what it is and where", () => {
  expect(named({ deviceName: "Lan’s phone", device: PHONE, isNearby: true })).toEqual(["Lan’s phone | 50%"]);
  expect(named({ device: PHONE, isNearby: true })).toEqual(["Chrome on Android, somewhere nearby | 50%"]);
  expect(named({ device: PHONE })).toEqual(["Chrome on Android | 50%"]);
  expect(named({ client: "qBittorrent 5.0" })).toEqual(["qBittorrent 5.0 | 50%"]);
  expect(named({ client: "Tabswarm 0.1" })).toEqual(["Somebody | 50%"]);
  expect(named({ client: "unknown", isNearby: true })).toEqual(["Somebody, somewhere nearby | 50%"]);
});

test("a row says how far somebody is and how fast it goes, and at once that they have everything", () => {
  const one = fakePeer(1, { device: PHONE, progress: 0.999, upBytesPerSecond: 2_000_000 });
  expect(lines({ peers: [one] })).toEqual(["Chrome on Android | ↑ 2.0 MB/s99%"]);
  const done = { ...one, progress: 1 };
  expect(lines({ peers: [done] })).toEqual(["Chrome on Android | Has everything"]);
  expect(lines({ finishedPeers: [done], completePeers: 1 })).toEqual(["Chrome on Android | Has everything"]);
});

test("who had everything stays listed after they have left; how many have is said beside the link", () => {
  const two = [fakePeer(1, { deviceName: "Lan" }), fakePeer(2, { deviceName: "Tuấn" })];
  expect(lines({ finishedPeers: two })).toEqual(["Tuấn | Got everything", "Lan | Got everything"]);
});

test("those who got everything before the page was reloaded are counted with those who are listed", () => {
  const [lan, mai] = [fakePeer(1, { deviceName: "Lan" }), fakePeer(2, { deviceName: "Mai", progress: 0 })];
  expect(lines({ finishedInAll: 3 })).toEqual(["3 people got everything so far."]);
  expect(lines({ finishedInAll: 1, completePeers: 1 })).toEqual(["1 person got everything so far."]);
  expect(lines({ finishedInAll: 3, completePeers: 1, peers: [mai] })).toEqual([
    "Mai | 0%",
    "3 people got everything so far.",
  ]);
  expect(lines({ finishedInAll: 3, finishedPeers: [lan], completePeers: 2 })).toEqual([
    "Lan | Got everything",
    "3 people got everything so far.",
  ]);
});

test("as long as nobody knows who left, the list says of nobody that they are here", () => {
  const two = [fakePeer(1, { deviceName: "Lan" }), fakePeer(2, { deviceName: "Tuấn" })];
  expect(
    lines({ finishedPeers: two, completePeers: 1, peers: [fakePeer(3, { progress: 0, deviceName: "Mai" })] }),
  ).toEqual(["Mai | 0%", "Tuấn | Got everything", "Lan | Got everything"]);
});

test("a long list is cut after the first few", () => {
  const peers = Array.from({ length: 1_200 + MAX_RECEIVERS_SHOWN }, (_, at) => fakePeer(at, { progress: 0 }));
  expect(lines({ peers })).toHaveLength(MAX_RECEIVERS_SHOWN + 1);
  expect(lines({ peers }).at(-1)).toBe("and 1,200 more");
});

test("a device's name is text", () => {
  expect(named({ deviceName: "<img src=x onerror=alert(1)>" })).toEqual([
    "<img src=x onerror=alert(1)> | 50%",
  ]);
});
