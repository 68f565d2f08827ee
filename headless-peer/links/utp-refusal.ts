import type { Clock } from "#shared/driver/ports.ts";
import { refuseUtp } from "#shared/wire/utp.ts";
import { PacketBudget } from "../packet-budget.ts";
import type { UdpPort } from "../udp-port.ts";

/** Resets in a second: more than honest clients need, too few to keep us busy. */
export const MAX_RESETS_PER_SECOND = 100;

/** The least time between two knocks that we report: each makes us ask trackers. */
export const KNOCK_MILLIS = 30_000;

/**
 * Refuses uTP (BEP 29), so that clients try TCP. Most do so at once. Transmission 3.00 waits a quarter of an hour, so this
 * calls `knocked`, at most every half minute: we can dial them.
 */
export function refuseUtpAt(port: UdpPort, clock: Clock, knocked: () => void): void {
  const budget = new PacketBudget(clock, MAX_RESETS_PER_SECOND);
  let nextKnockAt = Number.NEGATIVE_INFINITY;
  port.onPacket((packet, answer) => {
    const reset = refuseUtp(packet);
    if (reset === undefined || !budget.take()) return;
    answer(reset);
    if (clock.now() < nextKnockAt) return;
    nextKnockAt = clock.now() + KNOCK_MILLIS;
    knocked();
  });
}
