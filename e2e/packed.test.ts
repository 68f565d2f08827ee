import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseSync } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };

// The package as npm publishes and installs it: `npm pack`, and `npm install` of the result in an empty folder.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const INSTALL = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--engine-strict"];

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

let folder: string;
let files: readonly PackedFile[];
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-packed-"));
  // Without the build that normally comes first: other tests are using `dist`.
  const packed = await npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const [{ filename, files: packedFiles }] = JSON.parse(packed);
  files = packedFiles;
  await writeFile(join(folder, "package.json"), "{}");
  await npm(folder, ...INSTALL, join(folder, filename));
}, 300_000);
afterEach(async () => {
  for (const child of running.splice(0)) await stop(child);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("npm", args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** Runs `npx tabswarm` in the folder where the package is installed. */
async function npx(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("npx", ["tabswarm", ...args], { cwd: folder })).stdout;
}

/** Starts the installed command and returns its first line of a type. */
async function start(type: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const bin = join(folder, "node_modules/.bin/tabswarm");
  const child = spawn(bin, [...args, "--json"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  let out = "";
  for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
    out += data;
    const line = out
      .split("\n")
      .slice(0, -1)
      .find((text) => JSON.parse(text).type === type);
    if (line !== undefined) return JSON.parse(line);
  }
  throw new Error(`it ended without a line of type ${type}: ${out}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}

test("the package holds the program and its documentation, and nothing else", () => {
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...["dist/cli/tabswarm.js", "dist/web/index.html", "dist/web/index.html.br", "dist/web/index.html.gz"],
      ...["LICENSE", "README.md"],
    ]),
  );
  expect(
    paths.filter(
      (path) => !/^(dist\/|docs\/[\w-]+\.(md|png|service)$|[A-Z]+(\.md)?$|package\.json$)/.test(path),
    ),
  ).toEqual([]);
  expect(paths.filter((path) => /\.tsx?$|\.test\.|\.map$/.test(path))).toEqual([]);
  const bin = files.find(({ path }) => path === packageJson.bin.tabswarm);
  expect((bin?.mode ?? 0) & 0o111).toBe(0o111);
});

test("the command imports only packages that come with it", async () => {
  const installed = Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies });
  const scripts = files.filter(({ path }) => /^dist\/cli\/.*\.js$/.test(path));
  expect(scripts).not.toEqual([]);
  for (const { path } of scripts) {
    const source = await readFile(join(folder, "node_modules/tabswarm", path), "utf8");
    const { module } = parseSync(path, source);
    const imported = [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1)),
      ...requiredIn(source),
    ];
    const packages = imported.filter((name) => !name.startsWith(".") && !isBuiltin(name));
    expect(packages.map(packageOf).filter((name) => !installed.includes(name))).toEqual([]);
  }
});

/** What bundled CommonJS modules still require. One does without `supports-color`, which we do not have. */
function requiredIn(source: string): string[] {
  const required = [...source.matchAll(/__require\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  return required.filter((name) => name !== "supports-color");
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

test("`npx tabswarm` prints its version", async () => {
  expect((await npx("--version")).trim()).toBe(packageJson.version);
});

test("an installed Tabswarm serves the page, makes a torrent, seeds it and downloads it", async () => {
  const local = ["--host", "127.0.0.1", "--port", "0"];
  const { pageUrl } = await start("listening", "tracker", ...local, "--no-stun", "--log-level", "silent");
  expect(await (await fetch(String(pageUrl))).text()).toContain("<title>Tabswarm");

  await npx("sample", "--files", "2", "--size", "600K", "--out", "Samples", "--seed", "1");
  await npx("create", "Samples", "--announce", String(pageUrl));
  await start("seeding", "seed", "Samples.torrent", ...local, "--no-lsd");
  const out = await npx("download", "Samples.torrent", "--out", "got", ...local, "--no-lsd", "--json");
  expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).toMatchObject({
    type: "downloaded",
    name: "Samples",
  });
  for (const name of ["sample-000001.bin", "sample-000002.bin"]) {
    const [sent, got] = await Promise.all(
      ["Samples", "got/Samples"].map((at) => readFile(join(folder, at, name))),
    );
    expect(got?.equals(sent ?? Buffer.of())).toBe(true);
  }
});
