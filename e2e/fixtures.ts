import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type BrowserContext, test as base, expect, type Locator, type Page } from "@playwright/test";

const TABSWARM = fileURLToPath(new URL("../dist/cli/tabswarm.js", import.meta.url));

/** A tracker as a person runs it: the built command, in a process of its own. */
export interface RunningTracker {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

export async function runTracker(...flags: readonly string[]): Promise<RunningTracker> {
  const usual = ["--json", "--host", "127.0.0.1", "--port", "0", "--log-level", "warn"];
  const child = spawn(process.execPath, [TABSWARM, "tracker", ...usual, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await listeningPort(child);
  return { url: `http://127.0.0.1:${port}/`, port, stop: () => stopped(child) };
}

async function listeningPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the tracker has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const said: Record<string, unknown> = JSON.parse(line);
    if (said["type"] === "listening") return Number(said["port"]);
  }
  throw new Error("the tracker ended before it listened");
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}

/** The page in one tab, as a person handles it. */
export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get entries(): Locator {
    return this.page.getByRole("article");
  }

  entry(name: string): Locator {
    return this.entries.filter({ hasText: name });
  }

  async share(...paths: readonly string[]): Promise<void> {
    await this.page.getByLabel("Choose files").setInputFiles([...paths]);
  }

  async shareFolder(path: string): Promise<void> {
    await this.page.getByLabel("Choose a folder").setInputFiles(path);
  }

  async download(text: string): Promise<void> {
    await this.page.getByLabel("Magnet link or info-hash").fill(text);
    await this.page.getByRole("button", { name: "Download", exact: true }).click();
  }

  async expectState(name: string, state: string): Promise<void> {
    await expect(this.entry(name)).toHaveAttribute("data-state", state, { timeout: 90_000 });
  }

  shareLink(name: string): Promise<string> {
    return this.entry(name).getByLabel("Share link").inputValue();
  }

  magnetLink(name: string): Promise<string> {
    return this.entry(name).getByLabel("Magnet link").inputValue();
  }

  /** Presses `Save` or `Save all` and returns where the browser put the file. */
  async save(name: string): Promise<string> {
    const download = this.page.waitForEvent("download");
    await this.entry(name)
      .getByRole("button", { name: /^Save( all)?$/ })
      .click();
    return (await download).path();
  }
}

export async function openTab(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage();
  await page.goto(url);
  return new Tab(page);
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** A file of random bytes. */
export async function randomFile(folder: string, name: string, bytes: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, randomBytes(bytes));
  return path;
}

interface Fixtures {
  tracker: RunningTracker;
  folder: string;
}

/** Each test has a tracker and an empty folder of its own; both are gone afterwards. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  tracker: async ({}, use) => {
    const tracker = await runTracker();
    await use(tracker);
    await tracker.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});

export { expect };
