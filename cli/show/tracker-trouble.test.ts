import { expect, test } from "vitest";
import { NEEDS_TCP } from "#headless-peer/trackers/trackers.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TrackerView } from "#shared/session/view.ts";
import { trackerTroubles } from "./tracker-trouble.ts";
import { torrentView } from "./views.test-support.ts";

function tracker(url: string, parts: Partial<TrackerView> = {}): TrackerView {
  const counts = { seeders: 0, leechers: 0, offersRelayed: undefined };
  const usual = { state: "unreachable", nextInSeconds: 12, message: "nothing listens there" } as const;
  return { url: url as TrackerUrl, tier: 1, ...counts, ...usual, ...parts };
}

const texts = (...trackers: readonly TrackerView[]): string[] =>
  trackerTroubles([torrentView({ trackers })]).map(({ what, next }) => `${what} ${next}`.trim());

test("a tracker in trouble is shown with the reason and the next try, but without its passkey", () => {
  expect(texts(tracker("http://host.test:8000/announce/secret?passkey=secret"))).toEqual([
    "Tracker http://host.test:8000: nothing listens there. Next try in 12 s.",
  ]);
});

test("two trackers of one host with the same trouble are shown once, and so are those of several torrents", () => {
  const trackers = [
    tracker("http://host.test:8000/announce"),
    tracker("ws://host.test:8000/", { nextInSeconds: 5 }),
  ];
  const views = [torrentView({ trackers }), torrentView({ trackers })];
  expect(trackerTroubles(views)).toEqual([
    { what: "Tracker host.test:8000: nothing listens there.", next: "Next try in 5 s." },
  ]);
});

test.each([
  [{ state: "refused", message: "Your client is not approved.", nextInSeconds: 7_200 }, "Next try in 2 h."],
  [{ state: "refused", nextInSeconds: undefined }, "It is not asked again until you restart the command."],
  [{ state: "connecting", nextInSeconds: undefined }, "Trying again now."],
  [{ state: "working", message: "Torrent not registered" }, "Torrent not registered."],
] as const)("%o is shown", (parts, words) => {
  expect(texts(tracker("udp://host.test:6969", parts))[0]).toContain(words);
});

test("a tracker without a message, or one on standby, is no trouble", () => {
  expect(
    texts(tracker("udp://a.test:1", { message: undefined }), tracker("udp://b.test:1", { state: "standby" })),
  ).toEqual([]);
});

test("a tracker that needs TCP is no trouble with TCP switched off, unless no other tracker is usable", () => {
  const needy = tracker("http://host.test/announce", { state: "refused", message: NEEDS_TCP });
  expect(texts(needy, tracker("ws://host.test/", { state: "working", message: undefined }))).toEqual([]);
  expect(texts(needy)[0]).toContain(NEEDS_TCP);
});

test("of many trackers in trouble a few are named and the rest counted", () => {
  const many = Array.from({ length: 20 }, (_, at) => tracker(`udp://host-${at}.test:6969`));
  expect(texts(...many)).toHaveLength(4);
  expect(texts(...many)[3]).toBe("17 more trackers are in trouble.");
  expect(texts(...many.slice(0, 4))[3]).toBe("1 more tracker is in trouble.");
});
