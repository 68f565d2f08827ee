import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "../../e2e/chromium.ts";
import { randomFile } from "../../e2e/files.ts";
import { runTracker } from "../../e2e/tracker.ts";
import { cpuSecondsOfTree } from "../machine/processes.ts";
import { type PageServer, servePages } from "./pages.ts";

/** What one run gets: a fresh browser, its own tracker, files. Nothing leaves the machine. */
export interface Stage {
  readonly context: BrowserContext;
  readonly browser: Browser;
  readonly browserPid: number;
  /** Our page. */
  readonly pageUrl: string;
  readonly announceUrl: string;
  /** A new origin for the pages of the other clients. */
  newOrigin(): Promise<string>;
  /** Makes a file of random bytes and returns its path. */
  file(bytes: number): Promise<string>;
  /** Processor time of all the browser's processes so far. */
  cpuSeconds(): number;
}

/** Besides empty server lists: the browser looks up no names but those of this machine. */
const LOOPBACK_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.local";

/** tsx wraps functions in calls to a helper that tabs lack. */
const TSX_HELPER = "globalThis.__name = (named) => named;";

/** Runs something on a new stage. */
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

/** With a profile on disk, as people have it: an in-memory profile would keep what pages store in memory, too. */
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
