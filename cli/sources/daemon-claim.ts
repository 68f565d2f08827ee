import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a daemon is. */
export interface Claim {
  /** Of its API, such as `http://127.0.0.1:6880`. */
  readonly url: string;
  readonly pid: number;
}

/** The file in a state folder that says where its daemon is. */
export const CLAIM_FILE = "daemon.json";
/** A URL and a number. */
const MAX_CLAIM_CHARACTERS = 1_000;

/** What a state folder says of the daemon that runs with it, or did. Undefined: nothing. */
export async function readClaim(folder: string, file = CLAIM_FILE): Promise<Claim | undefined> {
  const text = await readFile(join(folder, file), "utf8").catch(() => "");
  if (text === "" || text.length > MAX_CLAIM_CHARACTERS) return undefined;
  try {
    const { url, pid } = Object(JSON.parse(text));
    const isClaim = typeof url === "string" && /^http:\/\/[^/@\s]+$/.test(url) && Number.isInteger(pid);
    return isClaim ? { url, pid } : undefined;
  } catch {
    return undefined;
  }
}
