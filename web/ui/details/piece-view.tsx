import { useEffect, useRef, useState } from "preact/hooks";
import type { PieceMap } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { followLooks } from "./follow-looks.ts";
import { type Grid, gridOf, type Shade } from "./piece-cells.ts";
import { piecesSentence } from "./piece-texts.ts";

const SHADES: readonly Shade[] = ["held", "begun", "common", "rare", "nowhere", "unwanted"];

interface PieceViewProps {
  readonly load: () => Promise<PieceMap | undefined>;
  /** A new object whenever the pieces may have changed. */
  readonly news: object;
}

/** A map of all pieces, and the same in words. */
export function PieceView({ load, news }: PieceViewProps) {
  const map = usePieces(load, news);
  const canvas = useRef<HTMLCanvasElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (map === undefined || map === "unknown" || canvas.current === null || legend.current === null) return;
    const [board, colours] = [canvas.current, legend.current];
    const draw = (): void => drawMap(board, gridOf(map, board.clientWidth), coloursOf(colours));
    draw();
    return followLooks(board, draw);
  }, [map]);
  if (map === undefined) return null;
  if (map === "unknown") return <p class="note">{texts.pieces.unknown}</p>;
  return (
    <div class="pieces">
      <p>{piecesSentence(map)}</p>
      <div aria-hidden="true">
        <canvas ref={canvas} />
      </div>
      <ul ref={legend} class="legend" aria-hidden="true">
        {SHADES.map((shade) => (
          <li key={shade} class={shade}>
            {texts.pieces.legend[shade]}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The pieces; the same object until one of them has changed. Undefined: not loaded yet. */
function usePieces(load: PieceViewProps["load"], news: object): PieceMap | "unknown" | undefined {
  const [map, setMap] = useState<PieceMap | "unknown">();
  useEffect(() => {
    let isStale = false;
    load().then((fresh) => {
      if (!isStale) setMap((before) => (isSame(before, fresh) ? before : (fresh ?? "unknown")));
    });
    return () => {
      isStale = true;
    };
  }, [news]);
  return map;
}

function isSame(before: PieceMap | "unknown" | undefined, fresh: PieceMap | undefined): boolean {
  if (before === undefined || before === "unknown" || fresh === undefined) return false;
  const equal = (left: Uint8Array, right: Uint8Array): boolean =>
    left.length === right.length && left.every((byte, at) => byte === right[at]);
  return equal(before.states, fresh.states) && equal(before.copies, fresh.copies);
}

/** The legend's colours, which follow the theme. */
function coloursOf(legend: HTMLElement): ReadonlyMap<Shade, string> {
  return new Map(
    SHADES.map((shade, at) => [
      shade,
      getComputedStyle(legend.children[at] as Element, "::before").backgroundColor,
    ]),
  );
}

/** Draws in device pixels, so that the cells have sharp edges. */
function drawMap(
  canvas: HTMLCanvasElement,
  { columns, cell, shades }: Grid,
  colours: ReadonlyMap<Shade, string>,
): void {
  const height = Math.ceil(shades.length / columns) * cell;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const at = (cells: number): number => Math.round(cells * cell * devicePixelRatio);
  const gap = Math.max(1, Math.round(devicePixelRatio));
  for (const [place, shade] of shades.entries()) {
    const [column, row] = [place % columns, Math.floor(place / columns)];
    pen.fillStyle = colours.get(shade) ?? "gray";
    pen.fillRect(at(column), at(row), at(column + 1) - at(column) - gap, at(row + 1) - at(row) - gap);
  }
}
