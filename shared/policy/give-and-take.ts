/** What a peer may owe us before we judge it: some blocks from each slot we gave it to begin with. */
const TRUSTED_BYTES = 1024 * 1024;

/** Whoever gives less than this part of what it takes gives nothing back: slow lines give more. */
const LEAST_SHARE = 1 / 20;

/** A peer may have had no time or no blocks for us in one round. */
const ROUNDS_TRUSTED = 2;

/**
 * What passes between us and one peer: what we owe it, and whether it takes without giving. The difference is kept for as long as
 * the link lives (a deficit counter, as in FairTorrent: Sherman, Nieh and Stein, 2012), so that we serve first to whom we owe most.
 *
 * Only rounds in which it had something for us count: whoever has nothing that we lack cannot give.
 */
export class GiveAndTake {
  #givenBefore = 0;
  #takenBefore = 0;
  /** In how many rounds in a row it took and did not give. */
  #badRounds = 0;

  /** A round is over. `given` and `taken`: what it gave us and what it took, in all. */
  roundEnded(given: number, taken: number, hasSomethingForUs: boolean): void {
    const gave = given - this.#givenBefore;
    const took = taken - this.#takenBefore;
    if (gave > 0 && gave >= took * LEAST_SHARE) this.#badRounds = 0;
    else if (took > 0 && hasSomethingForUs) this.#badRounds += 1;
    else return; // This round says nothing: the next one counts both.
    this.#givenBefore = given;
    this.#takenBefore = taken;
  }

  /** Whether it only takes. */
  isFreeRiding(given: number, taken: number): boolean {
    return this.#badRounds >= ROUNDS_TRUSTED && taken - given > TRUSTED_BYTES;
  }
}
