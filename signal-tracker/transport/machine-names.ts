import { isIP } from "node:net";
import { hostname } from "node:os";
import { lanAddresses } from "./addresses.ts";

/**
 * What people may type to reach this machine: its host name, also as multicast DNS has it (RFC 6762), what the operator calls it,
 * its addresses, and loopback.
 */
export function machineNames(
  boundHost: string,
  publicUrl: URL | undefined,
): { readonly names: readonly string[]; readonly addresses: readonly string[] } {
  const own = hostname();
  const [label = own] = own.split(".");
  const operators = [boundHost, publicUrl?.hostname ?? ""].map((host) => host.replace(/^\[|\]$/g, ""));
  return {
    names: [
      own,
      label,
      `${label}.local`,
      ...operators.filter((host) => host !== "" && isIP(host) === 0),
      "localhost",
    ],
    addresses: [
      ...lanAddresses("::"),
      ...operators.filter((host) => isIP(host) !== 0 && !["0.0.0.0", "::"].includes(host)),
      ...["127.0.0.1", "::1"],
    ],
  };
}
