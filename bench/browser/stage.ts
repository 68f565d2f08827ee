import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "../../e2e/chromium.ts";
import { randomFile } from "../../e2e/files.ts";
import { runTracker } from "../../e2e/tracker.ts";
import { cpuSecondsOfTree } from "../machine/processes.ts";
import { type PageServer, servePages } from "./pages.ts";

/** What one run is given: a fresh browser, a tracker of its own, files. Nothing leaves the machine. */
export interface Stage {
  readonly context: BrowserContext;
  readonly browser: Browser;
  readonly browserPid: number;
  /** Our page. */
  readonly pageUrl: string;
  readonly announceUrl: string;
  /** An origin of its own for the pages of the others. */
  newOrigin(): Promise<string>;
  /** Makes a file of random bytes and returns its path. */
  file(bytes: number): Promise<string>;
  /** Processor time of all processes of the browser, up to now. */
  cpuSeconds(): number;
}

/** A belt beside the braces of empty server lists: no name but those of this machine is ever looked up. */
const LOOPBACK_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.local";

/** tsx wraps functions in calls of a helper that a tab does not have. */
const TSX_HELPER = "globalThis.__name = (named) => named;";

/** Runs something on a stage of its own. */
export async function onStage<T>(run: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-bench-"));
  const origins: PageServer[] = [];
  const tracker = await runTracker();
  const context = await launch(join(folder, "profile"));
  try {
    const browser = context.browser();
    if (browser === null) throw new Error("Chromium has ended.");
    const browserPid = await pidOf(browser);
    return await run({
      context,
      browser,
      browserPid,
      pageUrl: tracker.url,
      announceUrl: `ws://127.0.0.1:${tracker.port}/announce`,
      newOrigin: async () => {
        const origin = await servePages();
        origins.push(origin);
        return origin.url;
      },
      file: (bytes) => randomFile(folder, `${bytes}.bin`, bytes),
      cpuSeconds: () => cpuSecondsOfTree(browserPid),
    });
  } finally {
    await context.close();
    await Promise.all([...origins.map((origin) => origin.close()), tracker.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** With a profile on disk, as people have it: one that is only in memory keeps what pages store there, too. */
async function launch(profile: string): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error("There is no Chromium: run `npx tsx e2e/set-up.ts`, or set CHROMIUM_PATH.");
  const args = [...CHROMIUM_FLAGS, LOOPBACK_ONLY];
  const context = await chromium.launchPersistentContext(profile, { executablePath, args });
  await context.addInitScript(TSX_HELPER);
  return context;
}

async function pidOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const main = processInfo.find(({ type }) => type === "browser");
  if (main === undefined) throw new Error("Chromium does not name its main process.");
  return main.id;
}
