import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "#shared/base/random.ts";

/** Chance that nobody can foresee. */
export const systemRandom: Random = {
  below: (bound) => randomInt(bound),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
