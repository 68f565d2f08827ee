import type { TrackerUrl } from "../base/ids.ts";
import type { SimNode } from "../sim/node.test-support.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER } from "../sim/world.test-support.ts";

export const TORRENT = sampleTorrent({ files: [["film.bin", 1_000_000]] });

export const OTHER_TRACKER = "wss://other.test/" as TrackerUrl;

/** What it announced to a tracker. */
export function events(node: SimNode, tracker: TrackerUrl = TRACKER): string[] {
  return node.effects.flatMap((effect) =>
    effect.type === "announce" && effect.tracker === tracker ? [effect.event] : [],
  );
}

/** The offers in all its announces. */
export function offersMade(node: SimNode): number {
  return node.effects.reduce(
    (sum, effect) => sum + (effect.type === "announce" ? effect.offers.length : 0),
    0,
  );
}
