import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { Happening } from "#shared/session/happening.ts";

/** Calls `look` each time there may be something new to see, until the returned function is called. */
export type Watch = (look: () => void) => () => void;

/** What may change whether a torrent or its trackers do well. */
const CHANGES: ReadonlySet<Happening["type"]> = new Set([
  "torrentAdded",
  "torrentRemoved",
  "phaseChanged",
  "problemChanged",
  "trackerAnswered",
  "trackerRefused",
  "trackerLost",
]);

/** Looks when the state of a torrent or of its trackers has changed. */
export function whenStateChanges(peer: Pick<HeadlessPeer, "watch">): Watch {
  return (look) => peer.watch((_, { type }) => void (CHANGES.has(type) && look()));
}

/**
 * Looks at once and each time `watch` says so, until `look` returns something, or until `stopped` resolves: then undefined.
 * Rejects with what `look` throws.
 */
export function lookUntil<Seen>(
  stopped: Promise<unknown>,
  watch: Watch,
  look: () => Seen | undefined,
): Promise<Seen | undefined> {
  return new Promise((resolve, reject) => {
    const lookNow = (): void => {
      try {
        const seen = look();
        if (seen !== undefined) end(() => resolve(seen));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const endWatch = watch(lookNow);
    const end = (how: () => void): void => {
      endWatch();
      how();
    };
    stopped.then(
      () => end(() => resolve(undefined)),
      (error) => end(() => reject(error)),
    );
    lookNow();
  });
}
