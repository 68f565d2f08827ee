import { randomBytes } from "node:crypto";
import { link, rename, rm } from "node:fs/promises";
import { request } from "node:http";
import { basename, join } from "node:path";
import { writeNewFile } from "#headless-peer/sources/new-file.ts";
import { UsageError } from "#shared/base/errors.ts";
import { CLAIM_FILE, type Claim, readClaim } from "../sources/daemon-claim.ts";

/** A daemon that is busy opening thousands of files still answers. */
const ANSWER_MILLIS = 5_000;

/** Rejects with a `UsageError` if a daemon runs with this state folder. Call it before anything listens. */
export async function refuseSecond(folder: string): Promise<void> {
  const claim = await readClaim(folder);
  if (claim !== undefined && (await listens(claim))) throw runningError(folder, claim);
  await removeStale(folder, claim);
}

/**
 * Says in the state folder where this daemon is: its API answers there by now. Of several that start at once, one can. Rejects with a
 * `UsageError` if another one has just done so, and with a `StorageError` if nothing can be written.
 */
export async function claimFolder(folder: string, url: string): Promise<void> {
  const own: Claim = { url, pid: process.pid };
  try {
    await writeNewFile(join(folder, CLAIM_FILE), new TextEncoder().encode(`${JSON.stringify(own)}\n`));
  } catch (error) {
    const claim = await readClaim(folder);
    throw claim === undefined ? error : runningError(folder, claim);
  }
}

/** Removes the claim of a daemon that was killed, or a damaged one, and none that another daemon writes meanwhile. */
async function removeStale(folder: string, stale: Claim | undefined): Promise<void> {
  const path = join(folder, CLAIM_FILE);
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch {
    return; // Nothing to remove, or the system forbids it, and then claiming fails.
  }
  const claim = await readClaim(folder, basename(aside));
  if (claim !== undefined && !(claim.url === stale?.url && claim.pid === stale.pid))
    await link(aside, path).catch(() => {}); // There is a newer one.
  await rm(aside);
}

/** The daemon is no longer there. */
export async function releaseFolder(folder: string): Promise<void> {
  await rm(join(folder, CLAIM_FILE), { force: true });
}

function runningError(folder: string, { url, pid }: Claim): UsageError {
  return new UsageError(
    "runsAlready",
    `A daemon runs with the state folder ${folder} already (process ${pid}, ${url}). Stop it first, or pass --state with another folder.`,
  );
}

/** Whether anything answers there, or at least takes connections: a daemon that hangs still has its files open. */
function listens({ url }: Claim): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(`${url}/api/status`, { timeout: ANSWER_MILLIS }, (answer) => {
      answer.resume();
      resolve(true);
    });
    asked.on("timeout", () => {
      resolve(true);
      asked.destroy();
    });
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
