import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { publint } from "publint";
import { parseSync } from "vite";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { markOf } from "../docs/api-text.ts";
import packageJson from "../package.json" with { type: "json" };
import { launchOptions } from "./chromium.ts";
import { buildPages, servePages } from "./example-pages.ts";
import { freePort } from "./free-port.ts";
import { isMissing } from "./missing.ts";
import { findNewerNode, NO_NEWER_NODE } from "./newer-node.ts";

// The package as npm publishes and installs it: `npm pack`, and `npm install` of the result in an empty folder.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const INSTALL = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--engine-strict"];

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

/** `npm exec` of the repository, in another folder. */
const TOOLS = join(ROOT, "node_modules/.bin");

let folder: string;
let tarball: string;
let files: readonly PackedFile[];
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-packed-"));
  // Without the build that normally comes first: other tests are using `dist`.
  const packed = await npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const [{ filename, files: packedFiles }] = JSON.parse(packed);
  files = packedFiles;
  tarball = join(folder, filename);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await npm(folder, ...INSTALL, tarball);
  await buildPages(folder);
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
  return startUnder(process.execPath, type, ...args);
}

/** The same under this Node. */
async function startUnder(
  node: string,
  type: string,
  ...args: readonly string[]
): Promise<Record<string, unknown>> {
  const words = ["node_modules/.bin/tabswarm", ...args, "--json"];
  const child = spawn(node, words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
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
      "dist/daemon/daemon.html",
      ...["node", "browser", "tracker"].flatMap((name) => [
        `dist/library/${name}.js`,
        `dist/library/${name}.d.ts`,
      ]),
      ...["LICENSE", "README.md"],
    ]),
  );
  expect(
    paths.filter(
      (path) =>
        !/^(dist\/|docs\/([\w-]+\.(md|png|service)|encrypted-shares\.json)$|[A-Z]+(\.md)?$|package\.json$)/.test(
          path,
        ),
    ),
  ).toEqual([]);
  expect(paths.filter((path) => /(?<!\.d)\.tsx?$|\.test\.|\.map$/.test(path))).toEqual([]);
  const bin = files.find(({ path }) => path === packageJson.bin.tabswarm);
  expect((bin?.mode ?? 0) & 0o111).toBe(0o111);
});

test("the command and the library import only packages that come with it", async () => {
  const installed = Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies });
  const scripts = files.filter(({ path }) => /^dist\/(cli|library)\/.*\.js$/.test(path));
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

const newerNode = findNewerNode();

test.skipIf(isMissing(newerNode, NO_NEWER_NODE))(
  "all of that works under Node 24, too, without a database",
  async () => {
    const node = newerNode ?? "";
    const local = ["--host", "127.0.0.1", "--port", "0"];
    const { pageUrl } = await startUnder(
      node,
      "listening",
      "tracker",
      ...local,
      "--no-stun",
      "--log-level",
      "silent",
    );
    expect(await (await fetch(String(pageUrl))).text()).toContain("<title>Tabswarm");
    await npx("sample", "--files", "1", "--size", "600K", "--out", "More", "--seed", "2");
    const words = ["seed", "More", ...local, "--no-lsd", "--tracker", String(pageUrl)];
    const { magnet } = await startUnder(node, "seeding", ...words);
    const download = ["download", String(magnet), "--out", "got24", ...local, "--no-lsd"];
    await startUnder(node, "downloaded", ...download);

    const port = await freePort();
    await exampleUnder(node, /Peers announce/, "tracker-in-fastify.js", String(port));
    const seeded = await exampleUnder(
      node,
      /magnet:.*/,
      "seed-folder.js",
      "More",
      `http://127.0.0.1:${port}/`,
    );
    await startUnder(node, "downloaded", "download", seeded, "--out", "again24", ...local, "--no-lsd");
    const [sent, ...got] = await Promise.all(
      ["More", "got24/More", "again24/More"].map((at) => readFile(join(folder, at, "sample-000001.bin"))),
    );
    for (const bytes of got) expect(bytes.equals(sent ?? Buffer.of())).toBe(true);
  },
);

/** Runs an example until it is stopped, and returns the first line that matches. */
function example(line: RegExp, ...args: readonly string[]): Promise<string> {
  return exampleUnder(process.execPath, line, ...args);
}

/** The same under this Node. */
async function exampleUnder(node: string, line: RegExp, ...args: readonly string[]): Promise<string> {
  const child = spawn(node, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  let out = "";
  for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
    out += data;
    const found = line.exec(out)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error(`it ended: ${out}`);
}

test("the examples share, seed and download, in Node and in pages made by Vite, by esbuild and by nobody", async () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
  await mkdir(join(folder, "Photos"));
  await writeFile(join(folder, "Photos/beach.bin"), bytes);
  const port = await freePort();
  await example(/Peers announce/, "tracker-in-fastify.js", String(port));
  const seeded = await example(/magnet:.*/, "seed-folder.js", "Photos", `http://127.0.0.1:${port}/`);
  const pages = await servePages(folder);
  onTestFinished(() => void pages.server.close());

  const browser = await chromium.launch(launchOptions());
  onTestFinished(() => browser.close());
  const share = await browser.newPage();
  const hashingLoads = await withoutWebCrypto(share);
  await share.goto(`${pages.url}/plain/?tracker=ws://127.0.0.1:${port}/announce`);
  await share.getByLabel("Files to share").setInputFiles(join(folder, "Photos/beach.bin"));
  const output = share.getByRole("status");
  await eventually(async () => expect(await output.textContent()).toMatch(/^magnet:/));
  const shared = (await output.textContent()) ?? "";
  expect(hashingLoads).toEqual(["failed", "loaded"]);
  const forgetful = [expect.stringContaining("pieces() named none instead of 1")];
  expect(await share.evaluate(STORAGE_OUTCOMES)).toEqual({ indexedDb: [], opfs: [], memory: forgetful });

  const { link: secret, ...read } = await share.evaluate<{ readonly link: string }>(SHARE_ENCRYPTED);
  expect(read).toEqual({ name: "secret.bin", isSame: true, storesPlaintext: false });

  for (const [page, links] of [
    ["vite", { "beach.bin": shared, "secret.bin": secret }],
    ["esbuild", { "beach.bin": seeded }],
  ] as const) {
    const download = await browser.newPage();
    await download.goto(`${pages.url}/${page}/`);
    for (const [path, link] of Object.entries(links)) {
      await download.getByLabel("Magnet link").fill(link);
      await download.getByRole("button").click();
      const [saved] = await Promise.all([
        download.waitForEvent("download"),
        download.getByRole("link", { name: path }).click({ timeout: 30_000 }),
      ]);
      expect((await readFile(await saved.path())).equals(bytes)).toBe(true);
    }
  }
});

/** As on a page over plain http: what hashes there is loaded, and at first a change of the network ends that. Lists how it goes. */
async function withoutWebCrypto(page: Page): Promise<readonly string[]> {
  const loads: string[] = [];
  await page.addInitScript(() => Object.defineProperty(Crypto.prototype, "subtle", { value: undefined }));
  await page.route("**/chunks/sha1-wasm-*.js", async (route) => {
    loads.push(loads.length === 0 ? "failed" : "loaded");
    if (loads.length === 1) await route.abort("internetdisconnected");
    else await route.continue();
  });
  return loads;
}

/** Shares the picked file encrypted, and reads it in another peer with a storage of its own. A text, as below. */
const SHARE_ENCRYPTED = `(async () => {
  const { startTabswarm } = await import("tabswarm/browser");
  const trackers = [new URLSearchParams(location.search).get("tracker")];
  const [file] = document.querySelector("input").files;
  const [sharer, reader] = await Promise.all([startTabswarm({ trackers }), startTabswarm({ trackers })]);
  const { shareLink } = await sharer.share({ path: "secret.bin", blob: file }, { encrypt: true });
  const kept = new Map();
  const storage = () => ({
    pieces: async () => kept.keys(),
    read: async (piece) => kept.get(piece),
    write: async (piece, bytes) => void kept.set(piece, bytes),
    close: async () => {},
  });
  const torrent = await (await reader.add(shareLink, { storage })).whenComplete();
  const text = (bytes) => new TextDecoder("latin1").decode(bytes);
  const [sent, got] = await Promise.all([file.arrayBuffer(), torrent.files[0].arrayBuffer()]);
  const pieces = [...kept.values()].map(text);
  return {
    link: shareLink,
    name: torrent.state.name,
    isSame: text(sent) === text(got),
    storesPlaintext: pieces.length === 0 || pieces.some((piece) => piece.includes(text(sent.slice(0, 100)))),
  };
})()`;

/** What storages do against the contract, in sentences: those of the browser nothing. A text, so that the page imports the package itself. */
const STORAGE_OUTCOMES = `(async () => {
  const { indexedDb, opfs, memory, lastingStorageContract } = await import("tabswarm/browser");
  const failuresOf = async (open) => {
    const failures = [];
    for (const { name, run } of lastingStorageContract(open))
      await run().catch((error) => failures.push(name + ": " + error));
    return failures;
  };
  return {
    indexedDb: await failuresOf(indexedDb("contract")),
    opfs: await failuresOf(opfs("contract")),
    memory: await failuresOf(memory()),
  };
})()`;

test("the types of the library are sound, and its examples fit them", async () => {
  const strict = [
    "--noEmit",
    "--strict",
    "--allowJs",
    "--checkJs",
    "--target",
    "es2023",
    "--module",
    "nodenext",
  ];
  const run = promisify(execFile);
  const inPages = [...strict, "--lib", "es2023,dom,dom.iterable,dom.asynciterable", "--types", ""];
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
  const inNode = [...strict, "--skipLibCheck", "--lib", "es2023", ...types];
  await Promise.all([
    run(join(TOOLS, "tsc"), [...inPages, "share-page/share.js", "download-page/download.js"], {
      cwd: folder,
    }),
    run(join(TOOLS, "tsc"), [...inNode, "seed-folder.js", "tracker-in-fastify.js"], { cwd: folder }),
  ]);
});

test("publint and @arethetypeswrong/cli find nothing", async () => {
  const { messages } = await publint({
    pkgDir: join(folder, "node_modules/tabswarm"),
    strict: true,
    pack: false,
  });
  expect(messages).toEqual([]);
  const args = [tarball, "--profile", "esm-only", "--quiet"];
  await promisify(execFile)(join(TOOLS, "attw"), args); // It fails if it finds anything.
});

test("nothing but the entries can be imported", async () => {
  const script = 'await import("tabswarm/dist/library/node.js")';
  const args = ["--input-type=module", "--eval", script];
  const run = promisify(execFile)(process.execPath, args, { cwd: folder });
  await expect(run).rejects.toThrow("ERR_PACKAGE_PATH_NOT_EXPORTED");
});

test("docs/api.md is made of these very types: `npm run docs:api` renews it", async () => {
  const text = await readFile(join(ROOT, "docs/api.md"), "utf8");
  expect(text.trimEnd().split("\n").at(-1)).toBe(markOf(join(folder, "node_modules/tabswarm/dist/library")));
});
