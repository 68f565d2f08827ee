import { spawnSync } from "node:child_process";

/** What to do if Python's `cryptography` is missing. */
export const NO_CRYPTOGRAPHY =
  "Python's cryptography is not installed: no second implementation checks the test vectors of encrypted shares. Install python3-cryptography, or let PYTHON_PATH name a Python that has it.";

/** A Python that has `cryptography`. Undefined: it is not installed. */
export function findCryptography(): string | undefined {
  const named = process.env["PYTHON_PATH"];
  const candidates = named ? [named] : ["python3", "/usr/bin/python3"]; // Debian's packages belong to the latter alone.
  return candidates.find((python) => spawnSync(python, ["-c", "import cryptography"]).status === 0);
}
