import type { InfoHash } from "../base/ids.ts";
import type { LibraryPeer } from "./platform.ts";

/** A wait that can be given up. */
export interface Wait {
  readonly ended: Promise<void>;
  readonly giveUp: (error: Error) => void;
}

/** Looks now and whenever something happens to the torrent, until `look` returns true; what it throws ends the wait, too. */
export function waitUntil(peer: Pick<LibraryPeer, "watch">, infoHash: InfoHash, look: () => boolean): Wait {
  let unwatch = (): void => {};
  let giveUp = (_: Error): void => {};
  const ended = new Promise<void>((resolve, reject) => {
    giveUp = reject;
    const tryIt = (): void => {
      try {
        if (look()) resolve();
      } catch (error) {
        reject(error);
      }
    };
    unwatch = peer.watch((about) => void (about === infoHash && tryIt()));
    tryIt();
  }).finally(() => unwatch());
  return { ended, giveUp };
}
