// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { LinkId, TrackerUrl } from "#shared/base/ids.ts";
import type { LoggedEvent } from "../../engine/client.ts";
import { fakePeer } from "../../engine/fake-scenes.ts";
import { EventList } from "./event-list.tsx";
import { eventSentence, eventTime } from "./event-texts.ts";

afterEach(() => render(null, document.body));

const NOON = new Date(2026, 4, 3, 12, 0, 0);
const event = (number: number, what: LoggedEvent["what"]): LoggedEvent => ({
  number,
  at: NOON.getTime(),
  what,
});

test("the newest event comes first, and only newer ones are asked for", async () => {
  const asked: number[] = [];
  let kept: readonly LoggedEvent[] = [event(1, { type: "phaseChanged", phase: "downloading" })];
  const load = async (after: number) => {
    asked.push(after);
    return kept.filter(({ number }) => number > after);
  };
  const show = () =>
    act(() => render(<EventList load={load} news={{}} peers={[]} labelledBy="x" />, document.body));
  const words = () => Array.from(document.querySelectorAll("li span"), ({ textContent }) => textContent);
  await show();
  await eventually(() => expect(words()).toEqual(["Downloading."]));
  kept = [
    ...kept,
    event(2, { type: "torrentCompleted" }),
    event(3, { type: "phaseChanged", phase: "paused" }),
  ];
  await show();
  await eventually(() =>
    expect(words()).toEqual(["Paused.", "Complete: every piece is checked.", "Downloading."]),
  );
  expect(asked).toEqual([0, 1]);
});

test("a torrent to which nothing has happened says so", async () => {
  await act(() =>
    render(<EventList load={async () => []} news={{}} peers={[]} labelledBy="x" />, document.body),
  );
  await eventually(() =>
    expect(document.body.textContent).toBe("Nothing has happened since this page was opened."),
  );
});

test("events are sentences", () => {
  const peer = fakePeer(1, { client: "aria2 1.37", kind: "tcp", device: undefined, deviceName: undefined });
  const tracker = "wss://t.test:8000/announce" as TrackerUrl;
  const counts = { seeders: 1, leechers: 2, intervalSeconds: 1, minIntervalSeconds: undefined };
  expect(
    (
      [
        { type: "linkOpened", peer },
        { type: "linkClosed", peer, reason: "theyLeft" },
        { type: "linkClosed", peer, reason: "brokeTheRules", brokenRule: "a message of 300000 bytes" },
        { type: "linkFailed", link: 1 as LinkId, reason: "noRoute" },
        { type: "trackerAnswered", tracker, ...counts, warning: "Slow down." },
        { type: "trackerLost", tracker, reason: "gone" },
        { type: "problemChanged", problem: undefined },
      ] as const
    ).map((what) => eventSentence(what, new Map())),
  ).toEqual([
    "Connected to aria2 1.37 (TCP).",
    "Disconnected from aria2 1.37: they left.",
    "Disconnected from aria2 1.37: a message of 300000 bytes.",
    "A connection did not come about: there is no route between the two.",
    "t.test:8000 answered: 1 person with everything, 2 people still downloading. It says: Slow down.",
    "t.test:8000 cannot be reached: gone.",
    "The problem is solved.",
  ]);
});

test("an event of another day has its date", () => {
  expect(eventTime(NOON.getTime(), NOON)).not.toContain("2026");
  expect(eventTime(NOON.getTime(), new Date(2026, 4, 4, 1))).toContain("2026");
});

test("who connected has the name that they said afterwards, also when they have left", async () => {
  const opened = (link: number) => fakePeer(link, { client: "Tabswarm 1.0" });
  const load = async () => [
    event(1, { type: "linkOpened", peer: opened(1) }),
    event(2, { type: "linkOpened", peer: opened(2) }),
    event(3, { type: "linkClosed", peer: { ...opened(1), deviceName: "Ada" }, reason: "theyLeft" }),
  ];
  const peers = [{ ...opened(2), deviceName: "Bob" }];
  await act(() => render(<EventList {...{ load, peers }} news={{}} labelledBy="x" />, document.body));
  await eventually(() => {
    const words = Array.from(document.querySelectorAll("li span"), ({ textContent }) => textContent);
    expect(words).toEqual([
      "Disconnected from Ada: they left.",
      "Connected to Bob (WebRTC).",
      "Connected to Ada (WebRTC).",
    ]);
  });
});
