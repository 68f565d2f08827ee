import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What to do if there is no newer Node. */
export const NO_NEWER_NODE =
  "Node 24 is not installed for the tests, so nothing is tested with it. Run: npm ci --ignore-scripts --prefix e2e/foreign";

/** Node 24, the program that npm has for this system. Undefined: it is not installed, or npm has none for this system. */
export function findNewerNode(): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const path = fileURLToPath(new URL(`foreign/node_modules/${name}/bin/node`, import.meta.url));
  return existsSync(path) ? path : undefined;
}
