import { useEffect, useRef, useState } from "preact/hooks";

const SECOND_MILLIS = 1_000;

interface Counted {
  readonly nextInSeconds: number | undefined;
}

/** Whole seconds that are left, from what was said when `counted` came. The engine says nothing of seconds that just pass. */
export function useCountdown(counted: Counted): number | undefined {
  const come = useRef({ counted, at: performance.now() });
  if (come.current.counted !== counted) come.current = { counted, at: performance.now() };
  const [, redraw] = useState({});
  const { nextInSeconds } = counted;
  const isCounting = nextInSeconds !== undefined && nextInSeconds > 0;
  useEffect(() => {
    if (!isCounting) return;
    const timer = setInterval(() => redraw({}), SECOND_MILLIS);
    return () => clearInterval(timer);
  }, [isCounting]);
  if (nextInSeconds === undefined) return undefined;
  const passed = (performance.now() - come.current.at) / SECOND_MILLIS;
  return Math.max(0, Math.ceil(nextInSeconds - passed));
}
