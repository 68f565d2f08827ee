import type { Entry, EntryKey, Trouble } from "../engine/client.ts";
import { titleOf } from "./card/card-view.ts";
import { troubleSentence } from "./card/trouble-texts.ts";
import { formatBytes, formatDuration, formatShare, wholePercent } from "./format.ts";
import { isolate } from "./isolate.ts";
import { texts } from "./texts/texts.ts";

/** Progress is told at each quarter, and no oftener than this, of all downloads together: nobody could hear anything else. */
const PROGRESS_MILLIS = 30_000;
/** What keeps a torrent from moving may come and go with each try: it is news again after so long without it. */
const TROUBLE_MILLIS = 60_000;
/** Nobody listens to a longer list. */
const MAX_SENTENCES = 3;
const QUARTER = 25;

type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

/** The last known state of each entry. */
export type SeenStates = ReadonlyMap<EntryKey, Entry["state"]>;

export function seenStates(entries: readonly Entry[]): SeenStates {
  return new Map(entries.map((entry) => [entry.key, entry.state]));
}

/** Whether a download has become complete since then. A small one may be there before it was seen on its way. */
export function wasCompleted(before: SeenStates, entry: Entry): boolean {
  const was = before.get(entry.key);
  const isComplete =
    entry.state === "seeding" || (entry.state === "paused" && entry.restsBecause !== undefined);
  return isComplete && (was === "downloading" || was === "metadata");
}

/** What was told of an entry. */
interface Told {
  readonly state: Entry["state"];
  readonly isSaved: boolean;
  /** Its progress has been told up to this quarter. */
  readonly quarter: number;
  /** What keeps it from moving, or did until then. */
  readonly trouble: { readonly cause: Trouble["cause"]; readonly goneAt?: number } | undefined;
}

/** What a screen reader should say as the entries change: what begins, each quarter of it, what ends, and what is wrong. */
export class Announcements {
  #told: ReadonlyMap<EntryKey, Told> = new Map();
  #nextProgressAt = 0;

  /**
   * Sentences about what has changed since it was last called. `now`: milliseconds on any clock. `isGuest`: until the person has
   * logged in, the page says nothing else about what stands still.
   */
  news(entries: readonly Entry[], now: number, isGuest: boolean): readonly string[] {
    const before = this.#told;
    const sentences = entries.flatMap((entry) => stateNews(before.get(entry.key), entry));
    if (sentences.length > 0) this.#nextProgressAt = now + PROGRESS_MILLIS;
    const isTime = now >= this.#nextProgressAt;
    const advanced = isTime ? entries.filter((entry) => hasAdvanced(before.get(entry.key), entry)) : [];
    if (advanced.length > 0) this.#nextProgressAt = now + PROGRESS_MILLIS;
    const troubled = isGuest
      ? []
      : entries.filter((entry) => hasNewTrouble(before.get(entry.key), entry, now));
    this.#told = new Map(
      entries.map((entry) => [entry.key, told(before.get(entry.key), entry, isTime, now)]),
    );
    return shortened([...sentences, ...troubleNews(troubled), ...advanced.map(progressNews)]);
  }
}

/** An entry that was not there before comes out of the stored list, or is told of once it gets on. */
function stateNews(before: Told | undefined, entry: Entry): string[] {
  if (before === undefined || entry.state === "hashing") return [];
  const { bytesTotal } = entry.torrent;
  const name = spokenTitle(entry);
  if (entry.isSaved && !before.isSaved) return [texts.spoken.saved(name)];
  if (entry.state === before.state) return [];
  if (entry.state === "error") return [texts.spoken.stopped(name)];
  const isBegun = before.state === "metadata" || before.state === "checking";
  if (entry.state === "downloading" && isBegun) return [texts.spoken.begins(name, formatBytes(bytesTotal))];
  if (wasCompleted(new Map([[entry.key, before.state]]), entry)) return [texts.spoken.complete(name)];
  return entry.state === "seeding" && before.state === "hashing" ? [texts.spoken.linkReady(name)] : [];
}

function hasAdvanced(before: Told | undefined, entry: Entry): entry is TorrentEntry {
  return entry.state === "downloading" && before !== undefined && quarterOf(entry) > before.quarter;
}

function progressNews(entry: TorrentEntry): string {
  const { bytesDone, bytesTotal, secondsLeft } = entry.torrent;
  const share = formatShare(bytesDone, bytesTotal);
  return secondsLeft === undefined
    ? texts.spoken.progress(spokenTitle(entry), share)
    : texts.spoken.progressLeft(spokenTitle(entry), share, formatDuration(secondsLeft));
}

function hasNewTrouble(before: Told | undefined, entry: Entry, now: number): entry is TorrentEntry {
  if (entry.state === "hashing" || entry.trouble === undefined) return false;
  const last = before?.trouble;
  if (last?.cause !== entry.trouble.cause) return true;
  return last.goneAt !== undefined && now >= last.goneAt + TROUBLE_MILLIS;
}

/** One sentence for all that stand still for the same cause. */
function troubleNews(troubled: readonly TorrentEntry[]): string[] {
  const causes = new Map<string, { readonly first: TorrentEntry; readonly others: number }>();
  for (const entry of troubled) {
    const cause = `${entry.trouble?.cause} ${entry.state}`;
    const known = causes.get(cause);
    causes.set(cause, known ? { ...known, others: known.others + 1 } : { first: entry, others: 0 });
  }
  return [...causes.values()].flatMap(({ first, others }) => {
    if (first.trouble === undefined) return [];
    const sentence = troubleSentence(first.trouble, first.state === "seeding");
    return others === 0
      ? texts.spoken.trouble(spokenTitle(first), sentence)
      : texts.spoken.troubleOfSeveral(spokenTitle(first), others, sentence);
  });
}

/** `isTime`: what has advanced is told now. */
function told(before: Told | undefined, entry: Entry, isTime: boolean, now: number): Told {
  if (entry.state === "hashing")
    return { state: entry.state, isSaved: false, quarter: 0, trouble: undefined };
  const quarter = quarterOf(entry);
  const cause = entry.trouble?.cause;
  return {
    state: entry.state,
    isSaved: entry.isSaved,
    quarter: isTime || before === undefined ? quarter : Math.min(before.quarter, quarter),
    trouble: cause === undefined ? before?.trouble && { goneAt: now, ...before.trouble } : { cause },
  };
}

/** Nobody wants to hear an info-hash. */
function spokenTitle(entry: TorrentEntry): string {
  const title = titleOf(entry);
  return title === entry.infoHash ? texts.spoken.unnamed : isolate(title);
}

function quarterOf({ torrent }: TorrentEntry): number {
  return Math.floor(wholePercent(torrent.bytesDone, torrent.bytesTotal) / QUARTER);
}

function shortened(sentences: readonly string[]): readonly string[] {
  if (sentences.length <= MAX_SENTENCES) return sentences;
  return [...sentences.slice(0, MAX_SENTENCES), texts.spoken.more(sentences.length - MAX_SENTENCES)];
}
