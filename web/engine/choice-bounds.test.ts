import { expect, test } from "vitest";
import { isPieceLength } from "#shared/meta/create.ts";
import { DEFAULT_CONFIG } from "#shared/session/config.ts";
import { MAX_PEERS, PIECE_LENGTHS } from "./choice-bounds.ts";

test("nobody can choose more peers than the engine has links", () => {
  expect(MAX_PEERS).toBe(DEFAULT_CONFIG.maxLinks);
});

test("every length that can be chosen is one that torrents can have, and the next ones are not", () => {
  expect(PIECE_LENGTHS.every(isPieceLength)).toBe(true);
  for (const bytes of [(PIECE_LENGTHS[0] ?? 0) / 2, (PIECE_LENGTHS.at(-1) ?? 0) * 2])
    expect(isPieceLength(bytes)).toBe(false);
});
