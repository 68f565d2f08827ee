import { networkInterfaces } from "node:os";

export const NO_NETWORK =
  "This machine is on no network, so nothing that needs an address besides loopback is tested. Connect it to one.";

/** This machine's address on its network (IPv4). Undefined: it is on none. */
export function ownAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address?.family === "IPv4" && !address.internal)?.address;
}
