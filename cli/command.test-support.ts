import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { keptFromNetworks } from "../e2e/command.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How a process ended, and what it said. */
export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** How to run a command. */
interface Conditions {
  readonly cwd?: string;
  readonly uid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** The command as npm installs it. */
export interface InstalledTabswarm {
  /** The package's folder. */
  readonly folder: string;
  /** The bundle that `bin` names. */
  readonly script: string;
  start(args: readonly string[], conditions?: Conditions): ChildProcessWithoutNullStreams;
  run(args: readonly string[], conditions?: Conditions): Promise<Finished>;
  remove(): Promise<void>;
}

/** Builds a package with the real bundle and a one-line page, to test the installed layout. */
export async function installTabswarm(): Promise<InstalledTabswarm> {
  const folder = await mkdtemp(join(root, "node_modules", ".cli-test-"));
  await chmod(folder, 0o755); // For commands run by another user.
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await mkdir(join(folder, "dist", "web"), { recursive: true });
  await writeFile(join(folder, "dist", "web", "index.html"), "<!doctype html><title>Page</title>");
  const outDir = join(folder, "dist", "cli");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const build = spawn(process.execPath, [vite, "build", "--ssr", "cli/tabswarm.ts", "--outDir", outDir], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production" },
  });
  const { code, err } = await finished(build);
  expect(code, err).toBe(0);

  const script = join(outDir, "tabswarm.js");
  const start: InstalledTabswarm["start"] = (args, conditions) =>
    startScript({ folder, script }, args, conditions);
  return {
    folder,
    script,
    start,
    run: (args, conditions) => finished(start(args, conditions)),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Installs the command for the tests of a file. What a test has started is killed at its end. */
export function testedTabswarm(): Omit<InstalledTabswarm, "remove"> {
  let installed: InstalledTabswarm | undefined;
  const running: ChildProcessWithoutNullStreams[] = [];
  beforeAll(async () => {
    installed = await installTabswarm();
  }, 60_000);
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });
  afterAll(() => installed?.remove());
  const there = (): InstalledTabswarm =>
    installed ?? expect.fail("the command is installed before the tests");
  return {
    get folder() {
      return there().folder;
    },
    get script() {
      return there().script;
    },
    start(args, conditions) {
      const child = there().start(args, conditions);
      running.push(child);
      return child;
    },
    run: (args, conditions) => there().run(args, conditions),
  };
}

/** Runs a tracker on loopback during the tests of a file. */
export function testedTracker(tabswarm: Pick<InstalledTabswarm, "folder" | "script">): {
  readonly url: string;
} {
  let tracker: ChildProcessWithoutNullStreams | undefined;
  let url = "";
  beforeAll(async () => {
    tracker = startScript(tabswarm, [
      "tracker",
      ...["--host", "127.0.0.1", "--port", "0", "--no-stun", "--json"],
    ]);
    url = JSON.parse(await lineOf(tracker, /listening/)).pageUrl;
  });
  afterAll(() => void tracker?.kill());
  return {
    get url() {
      return url;
    },
  };
}

function startScript(
  { folder, script }: Pick<InstalledTabswarm, "folder" | "script">,
  args: readonly string[],
  conditions: Conditions = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [script, ...keptFromNetworks(args)], { cwd: folder, ...conditions });
}

/** Waits for a process to end. */
export async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  const [code] = await once(child, "close");
  return { code, out, err };
}

/** The first line on standard output that matches the pattern. */
export async function lineOf(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<string> {
  let out = "";
  for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
    out += data;
    const line = out.split("\n").find((text) => pattern.test(text));
    if (line !== undefined) return line;
  }
  throw new Error(`no line like ${pattern} in: ${out}`);
}

/** Parses the lines of `--json`. */
export function jsonLines(out: string): unknown[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
