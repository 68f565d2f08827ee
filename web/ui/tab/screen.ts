import type { Entry } from "../../engine/client.ts";

/** What we use of the browser's wake lock. A page has one only in a secure context. */
type WakeLocks = Pick<WakeLock, "request">;

/** Whether something moves for which the screen should stay on. */
export function isMoving(entry: Entry): boolean {
  if (entry.state === "hashing" || entry.state === "checking" || entry.saving !== undefined) return true;
  return entry.torrent.downBytesPerSecond + entry.torrent.upBytesPerSecond > 0;
}

/**
 * Keeps the screen on: a phone that sleeps stops the page. The browser takes the lock away when the tab is hidden, so we take it
 * again when the tab is back. Returns what is to be told whether something moves.
 */
export function keepScreenOn(locks: WakeLocks | undefined): (moves: boolean) => void {
  let moves = false;
  let lock: WakeLockSentinel | undefined;
  let isAsking = false;
  const settle = async (): Promise<void> => {
    if (locks === undefined || isAsking) return;
    const isWanted = (): boolean => moves && !document.hidden;
    if (isWanted() && (lock?.released ?? true)) {
      isAsking = true;
      lock = await locks.request("screen").catch(() => undefined); // The battery is low, or the tab was just hidden.
      isAsking = false;
    }
    if (isWanted()) return;
    await lock?.release();
    lock = undefined;
  };
  document.addEventListener("visibilitychange", () => void settle());
  return (now) => {
    if (now === moves) return;
    moves = now;
    void settle();
  };
}
