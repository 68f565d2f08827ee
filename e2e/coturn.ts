import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { startProcess } from "./processes.ts";
import { until } from "./until.ts";

/** What to do if coturn is missing. */
export const NO_COTURN =
  "coturn is not installed, so no TURN server is tested. Install coturn, or set TURNSERVER_PATH.";

/** The command of coturn, a TURN server. Undefined: it is not installed. */
export function findCoturn(): string | undefined {
  const named = process.env["TURNSERVER_PATH"] || "turnserver";
  return spawnSync(named, ["--help"]).error === undefined ? named : undefined;
}

/**
 * Starts coturn at an address of this machine until the test has ended, and returns its URL. It admits whoever has a password made
 * with the secret, and keeps its files in `folder`.
 */
export async function startCoturn(address: string, secret: string, folder: string): Promise<string> {
  const coturn = findCoturn();
  if (coturn === undefined) throw new Error(NO_COTURN);
  const port = await freeUdpPort(address);
  startProcess(
    coturn,
    [
      ...["-n", "--use-auth-secret", `--static-auth-secret=${secret}`, "--realm=tabswarm.test"],
      ...[`--listening-ip=${address}`, `--relay-ip=${address}`, `--listening-port=${port}`],
      ...["--no-tcp", "--no-tls", "--no-dtls", "--no-cli", "--simple-log", "--no-stdout-log"],
      ...[`--log-file=${join(folder, "turn.log")}`, `--pidfile=${join(folder, "turn.pid")}`],
      `--userdb=${join(folder, "turn.db")}`,
    ],
    { stdio: "ignore" },
  );
  await until(() => answersStun(address, port));
  return `turn:${address}:${port}`;
}

async function freeUdpPort(address: string): Promise<number> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** A STUN binding request (RFC 8489). */
const BINDING_REQUEST = Buffer.from(`000100002112a442${"ab".repeat(12)}`, "hex");
const ANSWER_MILLIS = 200;

async function answersStun(address: string, port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.send(BINDING_REQUEST, port, address);
    await once(socket, "message", { signal: AbortSignal.timeout(ANSWER_MILLIS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
