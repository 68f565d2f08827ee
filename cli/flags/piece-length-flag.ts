import { Option } from "commander";
import { DEFAULT_PIECE_LENGTHS, MAX_DEFAULT_PIECES } from "#shared/meta/create.ts";
import { parsePieceLength } from "./byte-flags.ts";

/** `--piece-length`, which says what we choose without it. */
export function pieceLengthOption(): Option {
  return new Option(
    "--piece-length <bytes>",
    `power of two from 16K to 16M (K and M are powers of 1024 here); by default ${defaults()}, and more to stay within ${MAX_DEFAULT_PIECES} pieces`,
  ).argParser(parsePieceLength);
}

/** `64K, from 32M on 128K`. */
function defaults(): string {
  return DEFAULT_PIECE_LENGTHS.map(({ fromBytes, pieceLength }) => {
    const length = `${pieceLength / 1024}K`;
    return fromBytes === 0 ? length : `from ${fromBytes / 1024 ** 2}M on ${length}`;
  }).join(", ");
}
