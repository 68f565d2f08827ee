import type { Clock } from "#shared/driver/ports.ts";

/** Lets a limited number of packets pass in each second. */
export class PacketBudget {
  readonly #clock: Clock;
  readonly #packetsPerSecond: number;
  #second = -1;
  #packetsLeft = 0;

  constructor(clock: Clock, packetsPerSecond: number) {
    this.#clock = clock;
    this.#packetsPerSecond = packetsPerSecond;
  }

  /** Takes one packet from this second's budget. False: none is left. */
  take(): boolean {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#packetsLeft = this.#packetsPerSecond;
    }
    this.#packetsLeft -= 1;
    return this.#packetsLeft >= 0;
  }
}
