import type { Millis } from "../base/ids.ts";

/** How fast peers take pieces: in a second, for each peer that lacks some. */
interface Pace {
  readonly taken: number;
  /** Of those, pieces that came from us. */
  readonly ours: number;
}

/** We compare stretches of time that are so long at least, and in which so many pieces come: fewer say little. */
const LEAST_MILLIS = 500;
const LEAST_PIECES = 48;

/**
 * Rates vary by themselves, and links need a second or two to grow into what we gave: so many slow stretches in a row are no
 * accident. With two, we went back to sending in half of the runs with real processes, and sent nearly two copies.
 */
const SLOW_STRETCHES = 4;

/** And by so much each time, whoever sends. */
const NOISE = 1 / 10;

/** We have stopped sending once no more than this part comes from us. */
const HARDLY_ANY = 1 / 16;

/**
 * Whether the only seeder may leave the swarm to itself, once its peers have every piece between them. Nobody can see what
 * limits them. If it is their uploads, ours help. If it is their downloads, their processors or a line that they share with
 * us, each byte from us only takes the place of one from them. So we stop and look: as long as they get pieces nearly as fast
 * as before, they do not need ours.
 */
export class StandingBack {
  #startedAt: Millis | undefined;
  #taken = 0;
  #ours = 0;
  /** The last stretch in which we sent. */
  #before: Pace | undefined;
  #isOn = false;
  #slowStretches = 0;
  /** How many peers lacked pieces when we stopped. */
  #lackingBefore = 0;

  /** We have stopped. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** A peer got a piece, from anybody. */
  pieceTaken(now: Millis): void {
    this.#startedAt ??= now;
    this.#taken += 1;
  }

  /** It was we who sent it. */
  sentByUs(): void {
    this.#ours += 1;
  }

  /** Ends a stretch if it has lasted long enough. `lacking`: how many peers lack pieces. */
  look(now: Millis, lacking: number): void {
    const millis = now - (this.#startedAt ?? now);
    const peers = Math.max(1, lacking);
    const expected = this.#isOn ? ((this.#before?.taken ?? 0) * peers * millis) / 1_000 : this.#taken;
    if (millis < LEAST_MILLIS || expected < LEAST_PIECES) return;
    if (this.#isOn && lacking < this.#lackingBefore / 2) return; // Those that are left were always slower than the rest.
    const each = 1_000 / millis / peers;
    this.#judge({ taken: this.#taken * each, ours: this.#ours * each });
    this.#start(now);
  }

  /** From now on we send nothing that the swarm has. So many peers lack pieces. */
  begin(now: Millis, lacking: number): void {
    this.#isOn = true;
    this.#lackingBefore = lacking;
    this.#start(now);
  }

  /** The swarm does as well without us, as far as we know. */
  get isFine(): boolean {
    return this.#before !== undefined && this.#slowStretches < SLOW_STRETCHES;
  }

  /** The others need not make up for all that we gave: half of it shows that something else limits them. */
  #judge(pace: Pace): void {
    if (!this.#isOn) this.#before = pace;
    if (!this.#isOn || this.#before === undefined || pace.ours > pace.taken * HARDLY_ANY) return;
    const { taken, ours } = this.#before;
    const isSlow = pace.taken < taken - Math.max(ours / 2, taken * NOISE);
    this.#slowStretches = isSlow ? this.#slowStretches + 1 : 0;
  }

  #start(now: Millis): void {
    this.#startedAt = now;
    this.#taken = 0;
    this.#ours = 0;
  }
}
