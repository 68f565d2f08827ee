import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { hasSameFields } from "../same-fields.ts";
import type { ViewChange, ViewNews } from "./messages.ts";

/** A countdown that the page goes on with may differ from ours by this much: both round up to whole seconds. */
const COUNTDOWN_SLACK_SECONDS = 1;

/** Whoever opens details later sees a countdown that is late by no more than this. */
const RETELL_SECONDS = 10;

/** What the page has been told of a torrent. */
interface Sent {
  readonly view: TorrentView;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Finds what has changed in the views since they were last sent: the names of ten thousand files need to go only once. The page goes
 * on with a working tracker's countdown by itself and is seldom told, so that torrents at rest cost little.
 */
export class ViewSender {
  #sent = new Map<InfoHash, Sent>();

  /** Undefined: nothing has changed. `now`: milliseconds on any clock. */
  news(views: readonly TorrentView[], now: number): ViewNews | undefined {
    const before = this.#sent;
    const changes: ViewChange[] = [];
    const whole: InfoHash[] = [];
    const sent = new Map<InfoHash, Sent>();
    for (const view of views) {
      const told = before.get(view.infoHash);
      const change = told === undefined ? view : changeOf(told, view, now);
      if (change !== undefined) changes.push(change);
      if (told === undefined) whole.push(view.infoHash);
      sent.set(view.infoHash, told !== undefined && change === undefined ? told : { view, at: now });
    }
    if (changes.length === 0 && views.length === before.size) return undefined;
    this.#sent = sent;
    return { infoHashes: [...sent.keys()], changes, whole };
  }
}

/** Puts the views together from the news. The view of a torrent that has not changed stays the same object. */
export class ViewKeeper {
  #views = new Map<InfoHash, TorrentView>();

  take({ infoHashes, changes, whole }: ViewNews): void {
    const before = this.#views;
    const changed = new Map<InfoHash, TorrentView>();
    for (const change of changes) {
      const { infoHash } = change;
      const known = before.get(infoHash);
      // A part of what we have forgotten: the engine does not know yet that it was removed.
      if (known === undefined && !whole.includes(infoHash)) continue;
      changed.set(infoHash, { ...known, ...change } as TorrentView);
    }
    this.#views = new Map(
      infoHashes.flatMap((infoHash) => {
        const view = changed.get(infoHash) ?? before.get(infoHash);
        return view === undefined ? [] : [[infoHash, view]];
      }),
    );
  }

  /** A torrent added again under this name is new. */
  forget(infoHash: InfoHash): void {
    this.#views.delete(infoHash);
  }

  views(): readonly TorrentView[] {
    return [...this.#views.values()];
  }
}

function changeOf({ view: before, at }: Sent, view: TorrentView, now: number): ViewChange | undefined {
  if (before === view) return undefined;
  const seconds = (now - at) / 1000;
  const fields = Object.entries(view).filter(
    ([name, value]) =>
      before[name as keyof TorrentView] !== value &&
      !(name === "trackers" && areAsExpected(before.trackers, view.trackers, seconds)),
  );
  return fields.length === 0 ? undefined : { ...Object.fromEntries(fields), infoHash: view.infoHash };
}

/** Whether nothing has happened to the trackers in these seconds but that they passed. */
function areAsExpected(
  before: readonly TrackerView[],
  trackers: readonly TrackerView[],
  seconds: number,
): boolean {
  return (
    seconds < RETELL_SECONDS &&
    before.length === trackers.length &&
    trackers.every((tracker, at) => {
      const told = before[at];
      if (told === undefined) return false;
      const [expected, actual] = [told.nextInSeconds, tracker.nextInSeconds];
      if (expected === undefined || actual === undefined || tracker.state !== "working")
        return hasSameFields(told, tracker);
      const isOnTime = Math.abs(expected - seconds - actual) <= COUNTDOWN_SLACK_SECONDS;
      return isOnTime && hasSameFields({ ...told, nextInSeconds: actual }, tracker);
    })
  );
}
