import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import vectors from "../docs/encrypted-shares.json" with { type: "json" };
import { findCryptography, NO_CRYPTOGRAPHY } from "./cryptography.ts";
import { isMissing } from "./missing.ts";

const python = findCryptography();
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test.skipIf(isMissing(python, NO_CRYPTOGRAPHY))(
  "an implementation in Python, which shares no code with ours, makes and reads the shares of the test vectors",
  () => {
    const args = [here("encrypted-shares.py"), here("../docs/encrypted-shares.json")];
    expect(execFileSync(python as string, args, { encoding: "utf8" })).toBe(
      `${vectors.shares.length} shares\n`,
    );
  },
);
