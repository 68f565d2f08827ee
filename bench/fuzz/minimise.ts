import { concatBytes } from "#shared/base/bytes.ts";

/** Tries for one input: enough for some hundred bytes, and for the long ones to become short. */
const MAX_TRIES = 600;

/** The shortest input, made by leaving parts out, that still has the fault. */
export async function minimised(
  input: Uint8Array,
  hasFault: (shorter: Uint8Array) => Promise<boolean>,
  maxTries = MAX_TRIES,
): Promise<Uint8Array> {
  let shortest = input;
  let tries = 0;
  for (let part = Math.ceil(input.length / 2); part > 0; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let at = 0; at < shortest.length && tries < maxTries; tries++) {
      const shorter = concatBytes([shortest.subarray(0, at), shortest.subarray(at + part)]);
      if (await hasFault(shorter)) shortest = shorter;
      else at += part;
    }
  }
  return shortest;
}
