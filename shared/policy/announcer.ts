import { type Millis, millis } from "../base/ids.ts";
import type { Random } from "../base/random.ts";

export interface AnnouncerTimes {
  /** The first wait after a failure lies between this and three times this. */
  readonly minRetryMillis: number;
  /** The longest wait before a tracker is tried again that cannot be reached, and one that refuses us. */
  readonly maxRetryMillis: number;
  readonly maxRefusedMillis: number;
  /** A tracker that has not answered by then counts as unreachable. */
  readonly answerMillis: number;
  /** While peers are missing, the tracker is asked again this soon; each try in vain doubles the wait. */
  readonly seekMillis: number;
  readonly maxSeekMillis: number;
  /** Bounds on the interval that a tracker may set. */
  readonly minIntervalMillis: number;
  readonly maxIntervalMillis: number;
  /** The longest time for which a tracker may ask to be left alone, unless it says "never". */
  readonly maxForbiddenMillis: number;
}

/** What an announce is made for (BEP 3); `update` is the regular one. Leaving is not for this machine to decide. */
export type AnnounceOccasion = "started" | "update" | "completed";

export type AnnouncerState = "waiting" | "connecting" | "working" | "refused" | "unreachable";

/** What a tracker says when it takes an announce. */
export interface AnnounceAnswer {
  readonly intervalSeconds: number;
  /** Undefined: announcing earlier is not forbidden. */
  readonly minIntervalSeconds: number | undefined;
  readonly seeders: number;
  readonly leechers: number;
  readonly warning: string | undefined;
}

/** While trying to reach a tracker, we wait as long again as this part of the time since it was lost. */
const RETRY_SHARE = 1 / 5;

/**
 * Decides when one torrent is announced to one tracker, and with which event.
 *
 * Invariants: at most one announce is unanswered. A tracker that was lost is told `started` again, because it has forgotten
 * us. Regular announces keep to what the tracker asks for; a new machine, made when a person adds or resumes a torrent,
 * owes it nothing yet.
 */
export class Announcer {
  readonly #times: AnnouncerTimes;
  readonly #random: Random;
  #state: AnnouncerState = "waiting";
  #dueAt: Millis | undefined;
  /** No regular announce is made before: the tracker's `min interval`. */
  #allowedAt: number = Number.NEGATIVE_INFINITY;
  #answerBy: Millis | undefined;
  #event: AnnounceOccasion = "started";
  /** The next announce is part of joining, so `min interval` does not hold it up. */
  #isOwed = false;
  #refusals = 0;
  #lostAt: Millis | undefined;
  #answeredAt: number = Number.NEGATIVE_INFINITY;
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

  /** Since when the tracker has been out of reach. */
  get lostAt(): Millis | undefined {
    return this.#lostAt;
  }

  /** As the tracker counted last, us included. */
  get counts(): { readonly seeders: number; readonly leechers: number } {
    return { seeders: this.#seeders, leechers: this.#leechers };
  }

  /** When something is to be done next: an announce, or giving up on an answer. Undefined: never. */
  get deadline(): Millis | undefined {
    return this.#answerBy ?? this.nextAt;
  }

  /** When the next announce is due. Undefined: one is on its way, or the tracker said "never" and is `refused`. */
  get nextAt(): Millis | undefined {
    if (this.#answerBy !== undefined || this.#dueAt === undefined) return undefined;
    if (this.#event !== "update" || this.#isOwed) return this.#dueAt;
    return millis(Math.max(this.#allowedAt, Math.min(this.#dueAt, this.#seekAt ?? this.#dueAt)));
  }

  /** The event to announce now, if it is time; the announce counts as sent. */
  takeDue(now: Millis): AnnounceOccasion | undefined {
    if (this.#answerBy !== undefined && now >= this.#answerBy) this.lost(now, "the tracker does not answer");
    const { nextAt } = this;
    if (nextAt === undefined || now < nextAt) return undefined;
    if (this.#seekAt !== undefined && now >= this.#seekAt) this.#seeks += 1;
    this.#seekAt = undefined;
    this.#isOwed = false;
    const event = this.#event;
    this.#event = "update";
    if (this.#state !== "working") this.#state = "connecting";
    this.#dueAt = undefined;
    this.#answerBy = millis(now + this.#times.answerMillis);
    return event;
  }

  answered(
    now: Millis,
    { intervalSeconds, minIntervalSeconds = 0, seeders, leechers, warning }: AnnounceAnswer,
  ): void {
    const { minIntervalMillis, maxIntervalMillis } = this.#times;
    const intervalMillis = Math.min(maxIntervalMillis, Math.max(minIntervalMillis, intervalSeconds * 1000));
    this.#state = "working";
    this.#refusals = 0;
    this.#lostAt = undefined;
    this.#answeredAt = now;
    this.#answerBy = undefined;
    this.#message = warning;
    this.#seeders = seeders;
    this.#leechers = leechers;
    this.#allowedAt = now + this.#forbidden(minIntervalSeconds);
    this.#dueAt ??= millis(now + intervalMillis); // Known already: something has happened since it was asked.
  }

  /**
   * The tracker said no. It is asked again when it says, or else ever more rarely: what it refuses today it may allow
   * tomorrow.
   */
  refused(now: Millis, reason: string, retryIn?: number | "never"): void {
    const { minRetryMillis, maxRefusedMillis } = this.#times;
    const base = minRetryMillis * 2 ** this.#refusals;
    const jitter = this.#random.below(minRetryMillis * 2 + 1) * Math.min(2 ** this.#refusals, 8);
    this.#refusals = Math.min(this.#refusals + 1, 16);
    this.#failed("refused", reason);
    if (retryIn === "never") return;
    this.#dueAt = millis(
      now + Math.max(this.#forbidden(retryIn ?? 0), Math.min(maxRefusedMillis, base + jitter)),
    );
  }

  /**
   * Nobody answers. The longer that lasts, the more rarely it is tried; an outage of some seconds is over soon after the
   * tracker is back, and not everybody comes at once. Where the tracker asked to be left alone for longer, it is.
   */
  lost(now: Millis, reason: string, retryInSeconds = 0): void {
    const { minRetryMillis, maxRetryMillis } = this.#times;
    this.#lostAt ??= now;
    const base = Math.max(minRetryMillis, Math.floor((now - this.#lostAt) * RETRY_SHARE));
    const jitter = this.#random.below(Math.ceil(Math.max(minRetryMillis * 2, base / 2)) + 1);
    this.#failed("unreachable", reason);
    const wait = Math.max(this.#forbidden(retryInSeconds), Math.min(maxRetryMillis, base + jitter));
    this.#dueAt = millis(now + wait);
  }

  /** The machine is back on the network: do not wait for the retry. */
  cameOnline(now: Millis): void {
    if (this.#state === "unreachable" && this.#answerBy === undefined) this.#dueAt = now;
  }

  /** The tracker was out of reach from `lostAt` until now, which we know from elsewhere: it may have forgotten us. */
  forgot(now: Millis, lostAt: Millis): void {
    this.cameOnline(now);
    if (this.#state !== "working" || this.#answerBy !== undefined || this.#answeredAt > lostAt) return;
    if (this.#event !== "update") return; // It is told soon, in any case.
    this.#event = "started";
    this.#dueAt = millis(Math.max(now, this.#answeredAt + this.#times.minIntervalMillis));
  }

  /** The last piece arrived: tell the tracker now. */
  completed(now: Millis): void {
    if (this.#event === "started") return; // It will learn of it from `left`.
    this.#event = "completed";
    this.#dueAt = now;
  }

  /**
   * What we announced as missing was here all along: the tracker hears it at once, or it would count us as a leecher until
   * the next announce. It was no download, so the event is not `completed` (BEP 3).
   */
  foundComplete(now: Millis): void {
    if (this.#event !== "update") return; // It will learn of it from `left`.
    this.#dueAt = now;
    this.#isOwed = true;
  }

  /** Something has changed that no event stands for: announce as soon as the tracker allows it. */
  announceSoon(now: Millis): void {
    if (this.#event === "update") this.#dueAt = now;
  }

  /** More peers are wanted than are here: asks again before the interval is over. */
  seek(now: Millis): void {
    const { seekMillis, maxSeekMillis } = this.#times;
    const wait = Math.min(maxSeekMillis, seekMillis * 2 ** this.#seeks);
    if (this.#state === "working") this.#seekAt ??= millis(now + wait);
  }

  /** Enough peers are here, or a new one came: the next search starts afresh. */
  found(): void {
    this.#seeks = 0;
    this.#seekAt = undefined;
  }

  /** The counts show peers that we have no offers out for: send the offers at once, as a part of the same announce. */
  offerNow(now: Millis): void {
    if (this.#state !== "working" || this.#answerBy !== undefined) return;
    this.#allowedAt = now;
    this.#dueAt = now;
  }

  /** How long the tracker may keep us from asking, in milliseconds. */
  #forbidden(seconds: number): number {
    return Math.min(this.#times.maxForbiddenMillis, seconds * 1000);
  }

  #failed(state: "refused" | "unreachable", reason: string): void {
    this.#state = state;
    this.#message = reason;
    this.#answerBy = undefined;
    this.#event = "started";
    this.#seekAt = undefined;
    this.#dueAt = undefined;
  }
}
