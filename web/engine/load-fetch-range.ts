import type { FetchRange } from "#shared/driver/ports.ts";
import { loadAgain } from "./load-again.ts";
import { loaded } from "./load-later.ts";

/** `fetchRange`, loaded when a web seed is first asked: few torrents have one, and every page loads its engine. */
export const fetchRangeOnceLoaded: FetchRange = (wanted, events) => {
  let isCancelled = false;
  let cancel = (): void => {
    isCancelled = true;
  };
  loaded(loadAgain(() => import("./fetch-range.ts"))).then(
    ({ fetchRange }) => {
      if (!isCancelled) cancel = fetchRange(wanted, events);
    },
    ({ message }: Error) => {
      if (!isCancelled) events.ended({ kind: "passing", reason: message });
    },
  );
  return () => cancel();
};
