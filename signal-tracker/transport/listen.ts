import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Server } from "node:net";
import type { FastifyInstance } from "fastify";
import { messageOf } from "#shared/base/errors.ts";
import { openUdp, type UdpOptions, type UdpServer } from "./udp.ts";

/** The tracker cannot start. The message says what to do. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}

/** The port is free for TCP but not for UDP. */
export class UdpPortBusy extends StartError {
  override readonly name = "UdpPortBusy";
}

/** Resolves a name such as `localhost`, to IPv4 if possible. Rejects with a `StartError`. */
export async function resolveHost(host: string): Promise<string> {
  try {
    const found = await lookup(host, { all: true });
    const { address } = found.find(({ family }) => family === 4) ?? found[0] ?? { address: host };
    return address;
  } catch {
    throw new StartError(`There is no host called ${host}. Pass --host with an address of this machine.`);
  }
}

/** Listens for HTTP and returns the port. Rejects with a `StartError`. */
export async function listenHttp(http: FastifyInstance, address: string, port: number): Promise<number> {
  try {
    await http.listen({ host: address, port });
  } catch (error) {
    throw new StartError(explain(error, address, port, "--port"));
  }
  return portOf(http.server) ?? port;
}

/** Listens for HTTPS and returns the port. Rejects with a `StartError`. */
export async function listenHttps(https: Server, address: string, port: number): Promise<number> {
  try {
    https.listen({ host: address, port });
    await once(https, "listening");
  } catch (error) {
    throw new StartError(explain(error, address, port, "--https-port"));
  }
  return portOf(https) ?? port;
}

function portOf(server: Server): number | undefined {
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : undefined;
}

/** Answers over UDP on the port. Rejects with a `StartError`, a busy port with `UdpPortBusy`. */
export async function listenUdp(address: string, port: number, options: UdpOptions): Promise<UdpServer> {
  try {
    return await openUdp(address, port, options);
  } catch (error) {
    if (systemCode(error) !== "EADDRINUSE") throw new StartError(explain(error, address, port, "--port"));
    throw new UdpPortBusy(
      `Port ${port} is in use for UDP. Stop the program that uses it, pass another --port, or do without UDP by --no-udp.`,
    );
  }
}

function explain(error: unknown, address: string, port: number, flag: string): string {
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return `Port ${port} is in use. Stop the program that uses it, or pass another ${flag}.`;
    case "EACCES":
      return `This user may not open port ${port}. Pass ${flag} with a number above 1023.`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return `This machine does not have the address ${address}. Pass --host with one that it has, or 0.0.0.0 for all.`;
    default:
      return `Port ${port} of ${address} cannot be opened: ${messageOf(error)}`;
  }
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
