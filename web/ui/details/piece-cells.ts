import type { PieceMap } from "../../engine/client.ts";
import type { texts } from "../texts/texts.ts";

export type Shade = keyof typeof texts.pieces.legend;

/** In CSS pixels. A larger cell is no easier to see, and a smaller one too small. */
const MAX_CELL = 14;
const MIN_CELL = 4;
/** A map is at most this high. */
const MAX_HEIGHT = 168;

/** The cells of a map, row by row. */
export interface Grid {
  readonly columns: number;
  /** Width and height of a cell with the gap after it, in CSS pixels. */
  readonly cell: number;
  readonly shades: readonly Shade[];
}

/** Of several pieces that share a cell, it shows what a person would want to know first. */
const LOUDEST: readonly Shade[] = ["begun", "nowhere", "rare", "common", "held", "unwanted"];

/** Lays the pieces out in a width. If they are too many for a cell each, neighbours share one. */
export function gridOf(map: PieceMap, width: number): Grid {
  const count = map.states.length;
  let cell = MAX_CELL;
  const capacity = (): number => Math.max(1, Math.floor(width / cell)) * Math.floor(MAX_HEIGHT / cell);
  while (cell > MIN_CELL && capacity() < count) cell -= 1;
  const each = Math.ceil(count / capacity());
  const shades = Array.from({ length: Math.ceil(count / each) }, (_, at) =>
    loudest(map, at * each, Math.min(count, (at + 1) * each)),
  );
  return { columns: Math.max(1, Math.floor(width / cell)), cell, shades };
}

function loudest(map: PieceMap, from: number, to: number): Shade {
  let first = LOUDEST.length - 1;
  for (let piece = from; piece < to; piece++) first = Math.min(first, LOUDEST.indexOf(shadeOf(map, piece)));
  return LOUDEST[first] ?? "unwanted";
}

function shadeOf({ states, copies }: PieceMap, piece: number): Shade {
  if (states[piece] === 2) return "held";
  if (states[piece] === 1) return "begun";
  if (states[piece] === 3) return "unwanted";
  const known = copies[piece] ?? 0;
  if (known === 0) return "nowhere";
  return known === 1 ? "rare" : "common";
}
