import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** How long to wait between those that are closed together. */
const STEP_MILLIS = 20;

/** Closes all, one after the other over `spreadMillis`, so that they do not all come back at once. */
export async function closeInTurn<Socket>(
  sockets: readonly Socket[],
  spreadMillis: number,
  close: (socket: Socket) => void,
): Promise<void> {
  const startedAt = performance.now();
  for (let at = 0; at < sockets.length; ) {
    const passed = performance.now() - startedAt;
    const due = passed < spreadMillis ? Math.ceil((sockets.length * passed) / spreadMillis) : sockets.length;
    for (const socket of sockets.slice(at, due)) close(socket);
    at = due;
    if (at < sockets.length) await setTimeout(STEP_MILLIS);
  }
}
