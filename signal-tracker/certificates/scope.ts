import "reflect-metadata"; // @peculiar/x509 needs it.
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "@peculiar/asn1-x509";
import { Extension, type X509Certificate } from "@peculiar/x509";
import {
  formatIp,
  type IpAddress,
  isInRange,
  isIpv6,
  isPrivateIp,
  parseIp,
  parseIpRange,
} from "#shared/base/ip.ts";

/** What a certificate vouches for: host names in lower case, and IP addresses. */
export interface MachineNames {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/** Networks that nobody on the internet has: RFC 1122, 1918, 3927, 4193, 4291 and 6598. */
const PRIVATE_NETWORKS = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10"],
  ...["fc00::/7", "fe80::/10", "::1/128"],
];

/** Domains that nobody on the internet has: RFC 6761, 6762, 8375, and the one that ICANN keeps for private use. */
const PRIVATE_DOMAINS = ["localhost", "local", "home.arpa", "internal"];

/**
 * The only names and networks that the machine's certificate authority may vouch for (RFC 5280 section 4.2.1.10): private ones, and
 * what the machine has now. Somebody who steals its key cannot pass for a bank.
 */
export function scopeOf({ names, addresses }: MachineNames): Extension {
  const networks = addresses.flatMap((address) => publicNetwork(address) ?? []);
  const domains = new Set([...PRIVATE_DOMAINS, ...names]);
  const bases = [
    ...Array.from(domains, (dNSName) => new GeneralName({ dNSName })),
    ...[...PRIVATE_NETWORKS, ...new Set(networks)].map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  const permitted = new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
  const der = AsnConvert.serialize(new NameConstraints({ permittedSubtrees: permitted }));
  return new Extension(id_ce_nameConstraints, true, der);
}

/** Of the machine's names and addresses, those that this authority may vouch for. */
export function withinScope(authority: X509Certificate, { names, addresses }: MachineNames): MachineNames {
  const extension = authority.getExtension(id_ce_nameConstraints);
  if (extension === null) return { names, addresses };
  const { permittedSubtrees } = AsnConvert.parse(extension.value, NameConstraints);
  const bases = Array.from(permittedSubtrees ?? [], ({ base }) => base);
  const domains = bases.flatMap(({ dNSName }) => dNSName ?? []);
  const ranges = bases.flatMap(({ iPAddress }) => parseIpRange(iPAddress ?? "") ?? []);
  const isPermitted = (ip: IpAddress): boolean => ranges.some((range) => isInRange(range, ip));
  return {
    names: names.filter((name) => domains.some((domain) => name === domain || name.endsWith(`.${domain}`))),
    addresses: addresses.filter((address) => {
      const ip = parseIp(address);
      return ip !== undefined && isPermitted(ip);
    }),
  };
}

/** The network of a public address: the machine alone, or its IPv6 /64, in which systems change their address every day. */
function publicNetwork(address: string): string | undefined {
  const ip = parseIp(address);
  if (ip === undefined || isPrivateIp(ip)) return undefined;
  if (!isIpv6(ip)) return `${formatIp(ip)}/32`;
  return `${formatIp((ip.slice(0, 8) + "\0".repeat(8)) as IpAddress)}/64`;
}
