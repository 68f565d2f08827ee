import type { ReadonlySignal } from "@preact/signals-core";
import type { LinkId, PieceIndex } from "#shared/base/ids.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Client, Entry, LoggedEvent } from "./client.ts";

/** When the first of them happened, and the time between two. */
const STARTED_AT = Date.UTC(2026, 0, 5, 9, 30);
const BETWEEN_MILLIS = 7_000;

/** Makes up the events of a list's entries. */
export function fakeEvents(entries: ReadonlySignal<readonly Entry[]>): Client["events"] {
  return async (key, after) => {
    const entry = entries.value.find((one) => one.key === key);
    if (entry === undefined || entry.state === "hashing") return [];
    return eventsOf(entry.torrent).filter(({ number }) => number > after);
  };
}

/** What may have led to this state. */
function eventsOf(torrent: TorrentView): readonly LoggedEvent[] {
  const { name, phase, trackers, peers, failedPieces, problem } = torrent;
  const all: readonly Happening[] = [
    { type: "torrentAdded", displayName: name, trackers: [] },
    ...trackers.map(
      ({ url, state, seeders, leechers, message }): Happening =>
        state === "working"
          ? {
              ...{ type: "trackerAnswered", tracker: url, seeders, leechers, warning: message },
              ...{ intervalSeconds: 120, minIntervalSeconds: undefined },
            }
          : { type: "trackerLost", tracker: url, reason: message ?? "no answer" },
    ),
    { type: "linkFailed", link: 900 as LinkId, reason: "noRoute" },
    ...peers.map((peer): Happening => ({ type: "linkOpened", peer })),
    { type: "phaseChanged", phase },
    ...(failedPieces > 0 ? [{ type: "pieceFailed", piece: 1234 as PieceIndex } as const] : []),
    ...peers.slice(-1).map((peer): Happening => ({ type: "linkClosed", peer, reason: "theyLeft" })),
    ...(problem === undefined ? [] : [{ type: "problemChanged", problem } as const]),
  ];
  return all.map((what, at) => ({ number: at + 1, at: STARTED_AT + at * BETWEEN_MILLIS, what }));
}
