// uTP (BEP 29): BitTorrent over UDP. We do not speak it, and say so with a reset.

const HEADER_BYTES = 20;
const VERSION = 1;
const RESET = 3;
const SYN = 4;

/**
 * The 20-byte reset that refuses a new uTP connection. Undefined if the packet does not open one. A client that gets no
 * answer thinks that nobody is there, and some then do not try even TCP for a quarter of an hour.
 */
export function refuseUtp(packet: Uint8Array): Uint8Array | undefined {
  if (packet.length < HEADER_BYTES || packet[0] !== ((SYN << 4) | VERSION)) return undefined;
  const reset = new Uint8Array(HEADER_BYTES); // Its timestamps and window mean nothing.
  reset[0] = (RESET << 4) | VERSION;
  reset.set(packet.subarray(2, 4), 2); // The connection id.
  reset.set(packet.subarray(16, 18), 18); // It acknowledges the sequence number of the SYN.
  return reset;
}
