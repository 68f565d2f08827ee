import {
  type InfoHash,
  type OfferId,
  type PeerId,
  parseInfoHash,
  parseOfferId,
  parsePeerId,
} from "#shared/base/ids.ts";

/** The info-hash of that number: a different one for each. */
export const numberedInfoHash = (number: number): InfoHash => idOf(number, parseInfoHash);

/** The peer id of that number. */
export const numberedPeerId = (number: number): PeerId => idOf(number, parsePeerId);

/** The offer id of that number. */
export const numberedOfferId = (number: number): OfferId => idOf(number, parseOfferId);

function idOf<Id>(number: number, parse: (text: string) => Id | undefined): Id {
  const id = parse(number.toString(16).padStart(40, "0"));
  if (id === undefined) throw new Error(`no id: ${number}`);
  return id;
}
