import type { PieceMap } from "../../engine/client.ts";
import { formatCount, plural } from "../format.ts";

export const PIECES = "Pieces";
export const NO_PIECES = "How many pieces it has is not known yet.";
export const LEGEND = {
  held: "Here",
  begun: "Being fetched",
  common: "Missing",
  rare: "Missing, one peer has it",
  nowhere: "Missing, no peer here has it",
  unwanted: "Not wanted",
} as const;

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
  const sentences = [`${formatCount(held)} of ${plural(states.length, "piece", "pieces")} here.`];
  if (begun > 0) sentences.push(`${formatCount(begun)} being fetched.`);
  if (missing > 0) sentences.push(`${formatCount(missing)} missing.`);
  if (rare > 0) sentences.push(`Only one connected peer has ${formatCount(rare)} of the missing ones.`);
  if (nowhere > 0) sentences.push(`No connected peer has ${formatCount(nowhere)} of them.`);
  if (unwanted > 0) sentences.push(`${formatCount(unwanted)} not wanted.`);
  return sentences.join(" ");
}
