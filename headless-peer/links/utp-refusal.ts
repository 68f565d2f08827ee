import type { Clock } from "#shared/driver/ports.ts";
import { refuseUtp } from "#shared/wire/utp.ts";
import { PacketBudget } from "../packet-budget.ts";
import type { UdpPort } from "../udp-port.ts";

/** Resets in a second: more than clients that mean it send, too few to keep us busy. */
export const MAX_RESETS_PER_SECOND = 100;

/** Tells clients that try uTP (BEP 29) to come over TCP. */
export function refuseUtpAt(port: UdpPort, clock: Clock): void {
  const budget = new PacketBudget(clock, MAX_RESETS_PER_SECOND);
  port.onPacket((packet, answer) => {
    const reset = refuseUtp(packet);
    if (reset !== undefined && budget.take()) answer(reset);
  });
}
