import { type Millis, millis } from "../base/ids.ts";
import type { Random } from "../base/random.ts";

export interface AnnouncerTimes {
  /** The first wait after a failure lies between this and three times this. */
  readonly minRetryMillis: number;
  /** The longest wait before we retry an unreachable tracker, and one that refuses us. */
  readonly maxRetryMillis: number;
  readonly maxRefusedMillis: number;
  /** A tracker that has not answered by then counts as unreachable. */
  readonly answerMillis: number;
  /** While we lack peers we re-announce this soon; each fruitless try doubles the wait. */
  readonly seekMillis: number;
  readonly maxSeekMillis: number;
  /** Bounds on the interval a tracker may set. */
  readonly minIntervalMillis: number;
  readonly maxIntervalMillis: number;
  /** The longest wait a tracker may impose, unless it says "never". */
  readonly maxForbiddenMillis: number;
}

/** Why we announce (BEP 3); `update` is the regular announce. The session decides when to leave. */
export type AnnounceOccasion = "started" | "update" | "completed";

export type AnnouncerState = "waiting" | "connecting" | "working" | "refused" | "unreachable";

/** What a tracker says when it accepts an announce. */
export interface AnnounceAnswer {
  readonly intervalSeconds: number;
  /** Undefined: we may announce earlier. */
  readonly minIntervalSeconds: number | undefined;
  readonly seeders: number;
  readonly leechers: number;
  /** To how many peers it passed on our offers. Absent: it does not say, or there were none. */
  readonly offersRelayed?: number | undefined;
  readonly warning: string | undefined;
}

/** Before we retry an unreachable tracker, we wait for this part of the outage so far. */
const RETRY_SHARE = 1 / 5;

/**
 * Decides when to announce one torrent to one tracker, and with which event.
 *
 * Invariants: at most one announce is unanswered. After a failure we send `started` again, because the tracker may have
 * forgotten us. Regular announces obey the tracker; a new announcer, made when a person adds or resumes a torrent, owes
 * it nothing yet.
 */
export class Announcer {
  readonly #times: AnnouncerTimes;
  readonly #random: Random;
  #state: AnnouncerState = "waiting";
  #dueAt: Millis | undefined;
  /** No regular announce before this: the tracker's `min interval`. */
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
  /** An announce is due, but others come first: see `AnnounceTurns`. */
  #turnAt: Millis | undefined;
  #message: string | undefined;
  #seeders = 0;
  #leechers = 0;
  #offersRelayed: number | undefined;

  constructor(now: Millis, times: AnnouncerTimes, random: Random) {
    this.#times = times;
    this.#random = random;
    this.#dueAt = now;
  }

  get state(): AnnouncerState {
    return this.#state;
  }

  /** What the tracker last said, or why we cannot reach it. */
  get message(): string | undefined {
    return this.#message;
  }

  /** When we lost the tracker. Undefined: it is not lost. */
  get lostAt(): Millis | undefined {
    return this.#lostAt;
  }

  /** The tracker's latest counts, including us. */
  get counts(): { readonly seeders: number; readonly leechers: number } {
    return { seeders: this.#seeders, leechers: this.#leechers };
  }

  /** To how many peers it passed on the offers of the latest announce that had any. Undefined: it does not say. */
  get offersRelayed(): number | undefined {
    return this.#offersRelayed;
  }

  /** When to act next: announce, or give up on an answer. Undefined: never. */
  get deadline(): Millis | undefined {
    return this.#answerBy ?? this.nextAt;
  }

  /** When the next announce is due. Undefined: one is unanswered, or the tracker refused us for ever. */
  get nextAt(): Millis | undefined {
    if (this.#answerBy !== undefined || this.#dueAt === undefined) return undefined;
    const turnAt = this.#turnAt ?? Number.NEGATIVE_INFINITY;
    if (this.#event !== "update" || this.#isOwed) return millis(Math.max(this.#dueAt, turnAt));
    return millis(Math.max(turnAt, this.#allowedAt, Math.min(this.#dueAt, this.#seekAt ?? this.#dueAt)));
  }

  /** The event to announce now, if one is due; it counts as sent. `takeTurn` says when its turn comes, now or later; asked once. */
  takeDue(now: Millis, takeTurn: () => Millis = () => now): AnnounceOccasion | undefined {
    if (this.#answerBy !== undefined && now >= this.#answerBy) this.lost(now, "the tracker does not answer");
    const { nextAt } = this;
    if (nextAt === undefined || now < nextAt) return undefined;
    this.#turnAt ??= takeTurn();
    if (now < this.#turnAt) return undefined;
    this.#turnAt = undefined;
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

  /** Stands in for a tracker that was just lost: all of its clients come here, but not all at once. */
  standIn(now: Millis): void {
    if (this.#state === "waiting")
      this.#dueAt = millis(now + this.#random.below(this.#times.minRetryMillis + 1));
  }

  answered(
    now: Millis,
    { intervalSeconds, minIntervalSeconds = 0, seeders, leechers, offersRelayed, warning }: AnnounceAnswer,
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
    this.#offersRelayed = offersRelayed ?? this.#offersRelayed;
    this.#allowedAt = now + this.#forbidden(minIntervalSeconds);
    this.#dueAt ??= millis(now + intervalMillis); // Already set: something changed after the announce.
  }

  /**
   * The tracker said no. We retry when it says, or else after growing waits: it may allow tomorrow what it refuses
   * today.
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
   * No answer. Waits grow with the outage: after one of some seconds we are back soon, and peers do not all return at
   * once. If the tracker asked us to stay away for longer, we do.
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

  /**
   * This computer is back on a network, perhaps another one: retry at once. A tracker that worked is asked soon, too, because its
   * connection may be dead, and nobody would find us until the next announce.
   */
  cameOnline(now: Millis): void {
    this.#retry(now);
    if (this.#state !== "working" || this.#dueAt === undefined) return;
    const soonest = Math.max(now, this.#answeredAt + this.#times.minIntervalMillis);
    this.#dueAt = millis(Math.min(this.#dueAt, soonest));
  }

  /** Another connection shows that the tracker was unreachable from `lostAt` until now: it may have forgotten us. */
  forgot(now: Millis, lostAt: Millis): void {
    this.#retry(now);
    if (this.#state !== "working" || this.#answerBy !== undefined || this.#answeredAt > lostAt) return;
    if (this.#event !== "update") return; // An event is due anyway.
    this.#event = "started";
    this.#dueAt = millis(Math.max(now, this.#answeredAt + this.#times.minIntervalMillis));
  }

  /** The last piece arrived: tell the tracker now. */
  completed(now: Millis): void {
    if (this.#event === "started") return; // `left` will say so.
    this.#event = "completed";
    this.#dueAt = now;
  }

  /**
   * We had everything all along, though we announced otherwise, or want more than we did: announce at once, or the tracker counts
   * us wrong until the next announce. It was no download, so the event is not `completed` (BEP 3).
   */
  leftChanged(now: Millis): void {
    if (this.#event !== "update") return; // `left` will say so.
    this.#dueAt = now;
    this.#isOwed = true;
  }

  /** Something changed that has no event: announce as soon as the tracker allows. */
  announceSoon(now: Millis): void {
    if (this.#event === "update") this.#dueAt = now;
  }

  /** We want more peers: re-announce before the interval is over. */
  seek(now: Millis): void {
    const { seekMillis, maxSeekMillis } = this.#times;
    const wait = Math.min(maxSeekMillis, seekMillis * 2 ** this.#seeks);
    if (this.#state === "working") this.#seekAt ??= millis(now + wait);
  }

  /** We have enough peers, or a new one came: the next search starts over. */
  found(): void {
    this.#seeks = 0;
    this.#seekAt = undefined;
  }

  /** The counts show peers for whom we made no offers: send offers now, as part of the same announce. */
  offerNow(now: Millis): void {
    if (this.#state !== "working" || this.#answerBy !== undefined) return;
    this.#allowedAt = now;
    this.#dueAt = now;
  }

  /** How long the tracker may keep us away, in milliseconds. */
  #forbidden(seconds: number): number {
    return Math.min(this.#times.maxForbiddenMillis, seconds * 1000);
  }

  #retry(now: Millis): void {
    if (this.#state === "unreachable" && this.#answerBy === undefined) this.#dueAt = now;
  }

  #failed(state: "refused" | "unreachable", reason: string): void {
    this.#state = state;
    this.#message = reason;
    this.#offersRelayed = undefined;
    this.#answerBy = undefined;
    this.#event = "started";
    this.#seekAt = undefined;
    this.#turnAt = undefined;
    this.#dueAt = undefined;
  }
}
