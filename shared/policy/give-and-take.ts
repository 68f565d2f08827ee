/** What a peer may owe us: some blocks from the slot we gave it first. */
const TRUSTED_BYTES = 256 * 1024;

/** Whoever gives less than this part of what it takes gives nothing back: slow lines give more. */
const LEAST_SHARE = 1 / 20;

/** How it stands between us and a peer at the end of a round. */
export interface Standing {
  /** What it gave us and what it took, in all. */
  readonly given: number;
  readonly taken: number;
  readonly weAreInterested: boolean;
  readonly theyChoke: boolean;
}

/**
 * What passes between us and one peer in each round: tells who takes and gives nothing back. Whoever has nothing that we lack, or
 * would have let us have it, is trusted: it cannot give.
 */
export class GiveAndTake {
  #givenBefore = 0;
  #takenBefore = 0;
  /** In this round. */
  #wasInterested = false;
  #wasUnchoked = false;
  /** In the last round that told something. */
  #onlyTook = false;
  /** What it had given less what it had taken when the last choice was made. */
  #settledBytes = 0;

  /**
   * What it gave us since the last choice of whom to serve, less what it took: whom we owe. Older debts are forgotten. Otherwise
   * those who met first would owe each other for as long as they download, and whoever came a second later would be served last
   * all the time, and so would have little to give.
   */
  owedBytes(given: number, taken: number): number {
    return given - taken - this.#settledBytes;
  }

  /** We have chosen whom to serve. */
  settled(given: number, taken: number): void {
    this.#settledBytes = given - taken;
  }

  /** We want something of the peer. */
  interested(): void {
    this.#wasInterested = true;
  }

  /** The peer lets us request. */
  unchoked(): void {
    this.#wasUnchoked = true;
  }

  roundEnded({ given, taken, weAreInterested, theyChoke }: Standing): void {
    const gave = given - this.#givenBefore;
    const took = taken - this.#takenBefore;
    const isKept = weAreInterested || (this.#wasInterested && !this.#wasUnchoked);
    if ((gave > 0 && gave >= took * LEAST_SHARE) || !this.#wasInterested) this.#onlyTook = false;
    else if (took > 0 && isKept) this.#onlyTook = true;
    this.#givenBefore = given;
    this.#takenBefore = taken;
    this.#wasInterested = weAreInterested;
    this.#wasUnchoked = !theyChoke;
  }

  /** Whether it takes and does not give. */
  isFreeRiding(given: number, taken: number): boolean {
    return this.#onlyTook && taken - given > TRUSTED_BYTES;
  }
}
