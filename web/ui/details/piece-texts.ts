import type { PieceMap } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";

/** What the map shows, in words. */
export function piecesSentence({ states, copies }: PieceMap): string {
  const counts = [0, 0, 0, 0];
  let nowhere = 0;
  let rare = 0;
  for (const [piece, state] of states.entries()) {
    counts[state] = (counts[state] ?? 0) + 1;
    if (state === 0 && copies[piece] === 0) nowhere += 1;
    if (state === 0 && copies[piece] === 1) rare += 1;
  }
  const [missing = 0, begun = 0, held = 0, unwanted = 0] = counts;
  const words = texts.pieces;
  const sentences = [words.held(held, states.length)];
  if (begun > 0) sentences.push(words.begun(begun));
  if (missing > 0) sentences.push(words.missing(missing));
  if (rare > 0) sentences.push(words.rare(rare));
  if (nowhere > 0) sentences.push(words.nowhere(nowhere));
  if (unwanted > 0) sentences.push(words.unwanted(unwanted));
  return sentences.join(" ");
}
