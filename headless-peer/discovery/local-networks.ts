import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { BlockList } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { LOCAL_GROUPS, LOCAL_PORT } from "#shared/announce/local.ts";
import { formatIp, type IpAddress, isIpv6, parseIp } from "#shared/base/ip.ts";

type Family = keyof typeof LOCAL_GROUPS;

/** One of this machine's networks, in one family. */
interface Network {
  readonly family: Family;
  /** This machine's address in it. */
  readonly ip: IpAddress;
  readonly prefixBits: number;
  /** The system's name for the interface when we join a group on it. */
  readonly joinedBy: string;
}

export interface LocalNetworkOptions {
  /** The address of this machine whose network to use. Undefined: all networks but loopback. */
  readonly address: IpAddress | undefined;
  /** A packet came from an address in one of the networks. Borrowed. */
  readonly heard: (packet: Uint8Array, from: IpAddress) => void;
  /** Takes one sentence, once, when no call can be sent. */
  readonly warn: (sentence: string) => void;
}

const SOCKET_TYPES = { ipv4: "udp4", ipv6: "udp6" } as const;
const LINK_LOCAL_IPV6 = /^fe80:/i; // Such an address needs an interface, for which a peer's address has no room.

/**
 * The groups of BEP 14 in this machine's networks, which come and go: each call looks them up. The sockets do not keep the
 * process alive.
 */
export class LocalNetworks {
  readonly #options: LocalNetworkOptions;
  readonly #listeners: Readonly<Record<Family, Promise<Socket>>>;
  #neighbours = new BlockList();
  #hasWarned = false;
  #isClosed = false;

  constructor(options: LocalNetworkOptions) {
    this.#options = options;
    this.#listeners = { ipv4: this.#listen("ipv4"), ipv6: this.#listen("ipv6") };
  }

  /** Sends packets to the groups in these networks, and listens there from now on. False: nothing could be sent. Does not reject. */
  async call(packets: Readonly<Record<Family, readonly Uint8Array[]>>): Promise<boolean> {
    const networks = networksOf(this.#options.address);
    this.#neighbours = new BlockList();
    for (const { ip, prefixBits, family } of networks)
      this.#neighbours.addSubnet(formatIp(ip), prefixBits, family);
    const called = networks.map(async (network) => {
      const listener = await this.#listeners[network.family];
      if (this.#isClosed) return;
      join(listener, network);
      await send(network, packets[network.family]);
    });
    const outcomes = await Promise.allSettled(called);
    if (outcomes.some(({ status }) => status === "fulfilled")) return true;
    if (!this.#hasWarned) this.#warn(outcomes);
    return false;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of Object.values(this.#listeners))
      listener.then(
        (socket) => socket.close(),
        () => {},
      );
  }

  async #listen(family: Family): Promise<Socket> {
    // Other clients on this machine listen on the same port.
    const socket = createSocket({ type: SOCKET_TYPES[family], reuseAddr: true, ipv6Only: family === "ipv6" });
    socket.unref();
    socket.on("message", (packet, { address }) => {
      const from = parseIp(address);
      if (from !== undefined && this.#isNeighbour(from)) this.#options.heard(packet, from);
    });
    socket.bind(LOCAL_PORT);
    const listening = once(socket, "listening").then(() => socket);
    listening.catch(() => {}); // `call` reports it.
    socket.on("error", () => {});
    return listening;
  }

  #warn(outcomes: readonly PromiseSettledResult<void>[]): void {
    this.#hasWarned = true;
    this.#options.warn(
      `Local discovery does not work (${problemOf(outcomes)}). Pass --no-lsd to turn it off.`,
    );
  }

  /** A call from elsewhere is forged, or came by a route that we cannot use. */
  #isNeighbour(ip: IpAddress): boolean {
    return this.#neighbours.check(formatIp(ip), isIpv6(ip) ? "ipv6" : "ipv4");
  }
}

function networksOf(address: IpAddress | undefined): readonly Network[] {
  const named = Object.entries(networkInterfaces()).flatMap(([name, infos = []]) =>
    infos.flatMap((info) => networkOf(name, info) ?? []),
  );
  if (address !== undefined) return named.filter(({ ip }) => ip === address);
  const usual = named.filter(({ isLoopback }) => !isLoopback);
  // One address of each family is enough: peers would take a second one for another peer.
  return [
    ...new Map(usual.reverse().map((network) => [`${network.family} ${network.name}`, network])).values(),
  ];
}

function networkOf(
  name: string,
  { address, family, cidr, internal, ...more }: NetworkInterfaceInfo,
): (Network & { readonly name: string; readonly isLoopback: boolean }) | undefined {
  const ip = parseIp(address);
  if (ip === undefined || cidr === null || LINK_LOCAL_IPV6.test(address)) return undefined;
  const prefixBits = Number(cidr.split("/")[1]);
  const known = { name, isLoopback: internal, ip, prefixBits };
  if (family === "IPv4") return { ...known, family: "ipv4", joinedBy: address };
  const zone = process.platform === "win32" && "scopeid" in more ? more.scopeid : name;
  return { ...known, family: "ipv6", joinedBy: `::%${zone}` };
}

function join(listener: Socket, { family, joinedBy }: Network): void {
  try {
    listener.addMembership(LOCAL_GROUPS[family], joinedBy);
  } catch (error) {
    if (codeOf(error) !== "EADDRINUSE") throw error; // It has joined already.
  }
}

/** Sends from a socket of its own, so that the packets leave through this network with its address. */
async function send({ family, ip, joinedBy }: Network, packets: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket(SOCKET_TYPES[family]);
  socket.unref();
  socket.on("error", () => {}); // What stops us from sending is thrown below.
  try {
    socket.bind(0, formatIp(ip));
    await once(socket, "listening");
    socket.setMulticastInterface(joinedBy);
    const sent = packets.map(
      (packet) =>
        new Promise<void>((resolve, reject) => {
          socket.send(packet, LOCAL_PORT, LOCAL_GROUPS[family], (error) =>
            error ? reject(error) : resolve(),
          );
        }),
    );
    await Promise.all(sent);
  } finally {
    socket.close();
  }
}

function problemOf(outcomes: readonly PromiseSettledResult<void>[]): string {
  const [first] = outcomes;
  if (first?.status !== "rejected") return "this machine is in no such network";
  return String(codeOf(first.reason) ?? first.reason);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
