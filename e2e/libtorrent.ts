import { spawnSync } from "node:child_process";

/** What to do if libtorrent is missing. */
export const NO_LIBTORRENT =
  "libtorrent is not installed, so nothing is measured against it. Install python3-libtorrent, or let PYTHON_PATH name a Python that has it.";

/** A Python that has libtorrent, the library of qBittorrent and Deluge. Undefined: it is not installed. */
export function findLibtorrent(): string | undefined {
  const named = process.env["PYTHON_PATH"];
  const candidates = named ? [named] : ["python3", "/usr/bin/python3"]; // Debian's packages belong to the latter alone.
  return candidates.find((python) => spawnSync(python, ["-c", "import libtorrent"]).status === 0);
}
