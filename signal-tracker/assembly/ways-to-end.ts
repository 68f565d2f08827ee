import { type Drained, drain } from "../transport/operation/drain.ts";
import type { RunningTracker } from "./options.ts";

/** The two ways in which a running tracker ends: at once, and after a while. */
export function waysToEnd(
  close: () => Promise<void>,
  closeParts: () => Promise<void>,
  drained: Drained,
): Pick<RunningTracker, "close" | "drain"> {
  const closeOnce = onlyOnce(async () => {
    await close();
    await closeParts();
  });
  const drainFirst = async (): Promise<void> => {
    await drain(drained);
    await closeOnce();
  };
  return { close: closeOnce, drain: drainFirst };
}

/** Whoever calls it again waits for the first call. */
function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
