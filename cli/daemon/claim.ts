import { rm } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { replaceFile } from "#headless-peer/sources/new-file.ts";
import { UsageError } from "#shared/base/errors.ts";
import { CLAIM_FILE, type Claim, readClaim } from "../sources/daemon-claim.ts";

/** A daemon that is busy opening thousands of files still answers. */
const ANSWER_MILLIS = 5_000;
/** If two daemons start at once, the second one has written by then. */
const DOUBT_MILLIS = 100;

/** Rejects with a `UsageError` if a daemon runs with this state folder. */
export async function refuseSecond(folder: string): Promise<void> {
  const claim = await readClaim(folder);
  if (claim !== undefined && (await listens(claim))) throw runningError(folder, claim);
}

/** Says in the state folder where this daemon is. Rejects with a `UsageError` if another one has just done so. */
export async function claimFolder(folder: string, url: string): Promise<void> {
  const own: Claim = { url, pid: process.pid };
  await replaceFile(join(folder, CLAIM_FILE), new TextEncoder().encode(`${JSON.stringify(own)}\n`));
  await delay(DOUBT_MILLIS);
  const claim = await readClaim(folder);
  if (claim !== undefined && claim.url !== url) throw runningError(folder, claim);
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
