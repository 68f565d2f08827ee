import { once } from "node:events";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { TorrentMetadata } from "#shared/session/effect.ts";
import type { TorrentStore } from "./peer.ts";

/**
 * A store for a peer that only watches a swarm: its check never ends. So the peer joins, says that it is interested in whatever
 * others have, and requests nothing: a peer that unchokes it has a free upload slot.
 */
export async function openOnlooker({ info }: TorrentMetadata): Promise<TorrentStore> {
  return {
    held: new Bitfield(info.layout.pieceCount),
    async check(_checked, signal) {
      if (!signal.aborted) await once(signal, "abort");
      throw signal.reason;
    },
    read: async () => undefined,
    write: async () => {},
    close: async () => {},
  };
}
