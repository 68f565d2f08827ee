import { type Millis, millis } from "../base/ids.ts";
import type { Random } from "../base/random.ts";

export interface AnnouncerTimes {
  /** The first wait after a failure lies between this and three times this. */
  readonly minRetryMillis: number;
  readonly maxRetryMillis: number;
  /** A tracker that has not answered by then counts as unreachable. */
  readonly answerMillis: number;
  /** While peers are missing, the tracker is asked again this soon; each try in vain doubles it. */
  readonly seekMillis: number;
  /** Bounds on the interval that a tracker may set. */
  readonly minIntervalMillis: number;
  readonly maxIntervalMillis: number;
}

/** What an announce is made for (BEP 3); `update` is the regular one. Leaving is not for this machine to decide. */
export type AnnounceOccasion = "started" | "update" | "completed";

export type AnnouncerState = "waiting" | "connecting" | "working" | "refused" | "unreachable";

/**
 * Decides when one torrent is announced to one tracker, and with which event.
 *
 * Invariant: at most one announce is unanswered. A tracker that was lost is told `started` again, because it
 * has forgotten us.
 */
export class Announcer {
  readonly #times: AnnouncerTimes;
  readonly #random: Random;
  #state: AnnouncerState = "waiting";
  #dueAt: Millis | undefined;
  #answerBy: Millis | undefined;
  #event: AnnounceOccasion = "started";
  #failures = 0;
  #seeks = 0;
  #seekAt: Millis | undefined;
  #message: string | undefined;
  #seeders = 0;
  #leechers = 0;

  constructor(now: Millis, times: AnnouncerTimes, random: Random) {
    this.#times = times;
    this.#random = random;
    this.#dueAt = now;
  }

  get state(): AnnouncerState {
    return this.#state;
  }

  /** What the tracker said last, or why it cannot be reached. */
  get message(): string | undefined {
    return this.#message;
  }

  /** As the tracker counted last, us included. */
  get counts(): { readonly seeders: number; readonly leechers: number } {
    return { seeders: this.#seeders, leechers: this.#leechers };
  }

  /** When something is to be done next: an announce, or giving up on an answer. */
  get deadline(): Millis | undefined {
    return this.#answerBy ?? this.nextAt;
  }

  /** When the next announce is due. Undefined: one is on its way. */
  get nextAt(): Millis | undefined {
    if (this.#answerBy !== undefined || this.#dueAt === undefined) return undefined;
    return millis(Math.min(this.#dueAt, this.#seekAt ?? this.#dueAt));
  }

  /** The event to announce now, if it is time; the announce counts as sent. */
  takeDue(now: Millis): AnnounceOccasion | undefined {
    if (this.#answerBy !== undefined && now >= this.#answerBy) this.lost(now, "the tracker does not answer");
    const { nextAt } = this;
    if (nextAt === undefined || now < nextAt) return undefined;
    if (nextAt === this.#seekAt) this.#seeks += 1;
    this.#seekAt = undefined;
    const event = this.#event;
    this.#event = "update";
    if (this.#state !== "working") this.#state = "connecting";
    this.#dueAt = undefined;
    this.#answerBy = millis(now + this.#times.answerMillis);
    return event;
  }

  answered(
    now: Millis,
    intervalSeconds: number,
    seeders: number,
    leechers: number,
    warning: string | undefined,
  ): void {
    const { minIntervalMillis, maxIntervalMillis } = this.#times;
    const intervalMillis = Math.min(maxIntervalMillis, Math.max(minIntervalMillis, intervalSeconds * 1000));
    this.#state = "working";
    this.#failures = 0;
    this.#answerBy = undefined;
    this.#message = warning;
    this.#seeders = seeders;
    this.#leechers = leechers;
    this.#dueAt ??= millis(now + intervalMillis); // Known already: something has happened since it was asked.
  }

  /** The tracker said no. It is asked again, ever more rarely: what it refuses today it may allow tomorrow. */
  refused(now: Millis, reason: string): void {
    this.#failed(now, "refused", reason);
  }

  lost(now: Millis, reason: string): void {
    this.#failed(now, "unreachable", reason);
  }

  /** The machine is back on the network: do not wait for the retry. */
  cameOnline(now: Millis): void {
    if (this.#state === "unreachable" && this.#answerBy === undefined) this.#dueAt = now;
  }

  /** The last piece arrived: tell the tracker now. */
  completed(now: Millis): void {
    if (this.#event === "started") return; // It will learn of it from `left`.
    this.#event = "completed";
    this.#dueAt = now;
  }

  /** What it was told is missing was here all along: tell it now. It was no download, so not `completed` (BEP 3). */
  recount(now: Millis): void {
    if (this.#event === "update") this.#dueAt = now;
  }

  /** More peers are wanted than are here: asks again before the interval is over. */
  seek(now: Millis): void {
    if (this.#state === "working") this.#seekAt ??= millis(now + this.#times.seekMillis * 2 ** this.#seeks);
  }

  /** Enough peers are here, or a new one came: the next search starts afresh. */
  found(): void {
    this.#seeks = 0;
    this.#seekAt = undefined;
  }

  /** The counts show peers that we have no offers out for: announce again at once, with offers. */
  offerNow(now: Millis): void {
    if (this.#state === "working" && this.#answerBy === undefined) this.#dueAt = now;
  }

  #failed(now: Millis, state: "refused" | "unreachable", reason: string): void {
    const { minRetryMillis, maxRetryMillis } = this.#times;
    const base = Math.min(maxRetryMillis, minRetryMillis * 2 ** this.#failures);
    const jitter = this.#random.below(minRetryMillis * 2 + 1) * Math.min(2 ** this.#failures, 8);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#state = state;
    this.#message = reason;
    this.#answerBy = undefined;
    this.#event = "started";
    this.#seekAt = undefined;
    this.#dueAt = millis(now + Math.min(maxRetryMillis, base + jitter));
  }
}
