import type { LinkId, PieceIndex } from "../../base/ids.ts";
import type { Layout } from "../../meta/layout.ts";
import { encodeHaves, encodeMessage, encodeRequests, type Message } from "../../wire/message.ts";
import type { SampleTorrent } from "../sample-torrent.ts";
import type { Attacker } from "./attack.ts";

/** What hostile peers do to a super-seeder. */
export const RECEIVER_ATTACKS = ["hoarder", "accomplice", "almostSeeder"] as const;

export type ReceiverAttack = (typeof RECEIVER_ATTACKS)[number];

/** What the hoarders of a swarm have got: their accomplices hear of it at once, as the worst case. */
const LOOT = new WeakMap<SampleTorrent["info"], Set<PieceIndex>>();

const NOTHING = encodeMessage({ type: "haveNone" });
const INTERESTED = encodeMessage({ type: "interested" });

/** Longer than any swarm needs. */
const LASTS_MILLIS = 3_600_000;

/** So soon an accomplice claims what a hoarder got. */
const CLAIM_MILLIS = 50;

/**
 * A hoarder takes every piece that it hears of and gives nothing. Its accomplice then claims to have it, so that the hoarder
 * seems to pass on what it gets. An almost-seeder claims all pieces but one from the start, so that none seems rare.
 */
export function hostileReceiver(attack: ReceiverAttack, { info }: Pick<SampleTorrent, "info">): Attacker {
  const loot = LOOT.get(info) ?? new Set<PieceIndex>();
  LOOT.set(info, loot);
  if (attack === "hoarder") return hoarder(info.layout, loot);
  if (attack === "accomplice") return accomplice(loot);
  const most = Array.from({ length: info.layout.pieceCount - 1 }, (_, piece) => piece);
  return { ...quiet(), opens: () => [NOTHING, encodeHaves(most)] };
}

function hoarder(layout: Layout, loot: Set<PieceIndex>): Attacker {
  const left = new Map<PieceIndex, number>();
  const take = (piece: PieceIndex): readonly Uint8Array[] => {
    if (left.has(piece)) return [];
    left.set(piece, layout.blockCount(piece));
    const blocks = Array.from({ length: layout.blockCount(piece) }, (_, at) => layout.block(piece, at));
    return [encodeRequests(blocks)];
  };
  const got = (piece: PieceIndex): readonly Uint8Array[] => {
    const blocks = (left.get(piece) ?? 0) - 1;
    left.set(piece, blocks);
    if (blocks > 0) return [];
    loot.add(piece);
    return [encodeHaves([piece])];
  };
  return {
    ...quiet(),
    opens: () => [NOTHING, INTERESTED],
    answers: (message: Message) => {
      if (message.type === "have") return take(message.piece as PieceIndex);
      return message.type === "block" ? got(message.piece as PieceIndex) : [];
    },
  };
}

function accomplice(loot: ReadonlySet<PieceIndex>): Attacker {
  const told = new Map<LinkId, number>();
  const tell = (link: LinkId): readonly Uint8Array[] => {
    const news = [...loot].slice(told.get(link) ?? 0);
    told.set(link, loot.size);
    return news.length === 0 ? [] : [encodeHaves(news)];
  };
  return { ...quiet(), opens: () => [NOTHING], goesOn: tell, everyMillis: CLAIM_MILLIS };
}

function quiet(): Attacker {
  return {
    greets: true,
    opens: () => [],
    goesOn: () => [],
    everyMillis: 1_000,
    lastsMillis: LASTS_MILLIS,
    answers: () => [],
  };
}
