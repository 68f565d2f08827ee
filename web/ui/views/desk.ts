import { useEffect, useState } from "preact/hooks";
import type { Client, Told, TrackerDesk } from "../../engine/client.ts";

/** Often enough to watch a download, and seldom enough for a tracker with a thousand onlookers. */
export const REFRESH_MILLIS = 5_000;

/** What the tracker offers, once its code is here. A sentence: it did not load. */
export function useDesk(client: Client): TrackerDesk | string | undefined {
  const [desk, setDesk] = useState<TrackerDesk | string | undefined>();
  useEffect(() => {
    client.tracker().then(setDesk, (error: unknown) => setDesk(error instanceof Error ? error.message : ""));
  }, [client]);
  return desk;
}

/** A request that was sent when the component was shown. */
export interface Asked<Value> {
  /** Undefined: no answer yet. */
  readonly told: Told<Value> | undefined;
  /** What the last successful answer told. */
  readonly last: Value | undefined;
  readonly askAgain: () => void;
}

/** Asks when shown, and again when one of `about` changes. Keeps the last answer until the next one is there. */
export function useAsked<Value>(ask: () => Promise<Told<Value>>, about: readonly unknown[]): Asked<Value> {
  const [told, setTold] = useState<Told<Value> | undefined>();
  const [last, setLast] = useState<Value | undefined>();
  const [count, setCount] = useState(0);
  useEffect(() => {
    let isLatest = true;
    void ask().then((answer) => {
      if (!isLatest) return;
      setTold(answer);
      if (answer.ok) setLast(answer.value);
    });
    return () => {
      isLatest = false;
    };
  }, [...about, count]);
  return { told, last, askAgain: () => setCount((before) => before + 1) };
}

/** Calls `again` at this interval, while somebody can see the page, and when they come back to it. */
export function useRefreshed(again: () => void, everyMillis: number): void {
  useEffect(() => {
    const refresh = (): void => {
      if (document.visibilityState === "visible") again();
    };
    const timer = setInterval(refresh, everyMillis);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [everyMillis]);
}
