import { type ChildProcess, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { startProcess } from "./processes.ts";
import { until } from "./until.ts";

/** What to do if HAProxy is missing. */
export const NO_HAPROXY =
  "There is no HAProxy: every test with it is SKIPPED. Install haproxy, or set HAPROXY_PATH.";

/** The command of HAProxy, a load balancer. Undefined: it is not installed. */
export function findHaproxy(): string | undefined {
  const named = process.env["HAPROXY_PATH"] || "haproxy";
  return spawnSync(named, ["-v"]).status === 0 ? named : undefined;
}

/** Puts HAProxy in front of nodes at these ports of this machine. Returns its own port. */
export async function balance(
  folder: string,
  ports: readonly number[],
): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const haproxy = findHaproxy();
  if (haproxy === undefined) throw new Error(NO_HAPROXY);
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  await writeFile(
    file,
    `defaults
  mode http
  timeout connect 1s
  timeout client 120s
  timeout server 120s
  timeout tunnel 120s
  option redispatch

frontend tabswarm
  bind 127.0.0.1:${port}
  default_backend nodes

backend nodes
  balance leastconn
  option forwardfor
  option httpchk GET /readyz
${ports.map((node) => `  server node${node} 127.0.0.1:${node} check inter 200ms fall 1 rise 1`).join("\n")}
`,
  );
  const child = startProcess(haproxy, ["-db", "-f", file], { stdio: "ignore" });
  await until(() => accepts(port));
  return { port, process: child };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
