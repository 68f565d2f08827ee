import { readdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import preact from "@preact/preset-vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { isSqliteMissing, SQLITE_TESTS } from "./e2e/sqlite.ts";
import packageJson from "./package.json" with { type: "json" };
import { serviceWorker } from "./web/service-worker-build.ts";
import { SIMPLE_PEER_NEEDS, slimSimplePeer } from "./web/simple-peer-build.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Whole names: Vite would take the beginning of a longer one for it. */
const ALIASES = Object.entries(SIMPLE_PEER_NEEDS).map(([name, replacement]) => ({
  find: new RegExp(`^${name}$`),
  replacement,
}));

/** Parts loaded later have no styles or other files to wait for, but a network may change while they load. */
const importsAgain: Plugin = {
  name: "imports-again",
  apply: "build",
  enforce: "pre",
  load: {
    filter: { id: /vite\/preload-helper\.js$/ },
    handler: () =>
      `export { loadAgain as __vitePreload } from ${JSON.stringify(here("web/engine/load-again.ts"))};`,
  },
};

/** The tracker serves these beside each file. Browsers take Brotli over https only, so gzip is for plain http on a LAN. */
const ENCODINGS = {
  br: promisify(brotliCompress),
  gz: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};

const compressedPage: Plugin = {
  name: "compressed-page",
  apply: "build",
  writeBundle: {
    sequential: true, // After the service worker.
    async handler({ dir = "" }) {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));
      await Promise.all(paths.map(compress));
    },
  },
};

/** Writes the file in each encoding that makes it smaller. */
async function compress(path: string): Promise<void> {
  const bytes = await readFile(path);
  for (const [extension, encode] of Object.entries(ENCODINGS)) {
    const encoded = await encode(bytes);
    if (encoded.length < bytes.length) await writeFile(`${path}.${extension}`, encoded);
  }
}

/**
 * Packages that the command bundles, with all that they need: each of their 200 modules would cost time at every start, as Node
 * looks for it, reads it and searches it for exports.
 */
const BUNDLED = new Set([
  "cli-progress",
  "cli-table3",
  "commander",
  "picomatch",
  "pino",
  "pino-pretty",
  "qrcode",
  "simple-peer",
  "ws",
]);

/** The build must not even look for optional packages: npm may have failed to install them. */
const NOT_BUNDLED = [
  ...Object.keys(packageJson.dependencies).filter((name) => !BUNDLED.has(name)),
  ...Object.keys(packageJson.optionalDependencies),
].map((name) => new RegExp(`^${name}(/|$)`));

const TESTS = ["**/*.test.ts", "**/*.test.tsx"];

const NO_TESTS = [
  ...["node_modules", "dist", "e2e/foreign/node_modules"],
  ...(process.env["VITEST"] && isSqliteMissing() ? SQLITE_TESTS : []),
];

/** Tests that no other may run beside: they replace a module for all that import it, or draw into the one document. */
const ISOLATED_TESTS = [
  "cli/daemon/completion-command.test.ts",
  "headless-peer/links/rtc.test.ts",
  "shared/session/introduction-attacks.test.ts",
  "signal-tracker/transport/api/peer-routes.test.ts",
  "signal-tracker/transport/api/unread-answers.test.ts",
  "signal-tracker/transport/config.test.ts",
  "signal-tracker/transport/https.test.ts",
  "web/ui/**/*.test.{ts,tsx}",
];

// One configuration for all builds: the page (`vite build`), the page of a daemon (`vite build --mode daemon`), which must have nothing
// of the engine, and the command line (`vite build --ssr cli/tabswarm.ts`).
export default defineConfig(({ isSsrBuild, mode }) => ({
  root: isSsrBuild ? here(".") : here("web"),
  plugins: isSsrBuild
    ? []
    : [
        ...[preact(), slimSimplePeer, importsAgain],
        ...(mode === "daemon" ? [] : [serviceWorker(here("web/service-worker/main.ts"))]),
        compressedPage,
      ],
  logLevel: "warn",
  // `npm run dev` shows the page as it is edited; its tracker is the one that `npm start` runs.
  server: {
    proxy: {
      "/config.json": "http://localhost:8000",
      "/announce": { target: "ws://localhost:8000", ws: true },
    },
  },
  // What a daemon's page needs of it, it names.
  publicDir: mode === "daemon" ? false : "public",
  resolve: { alias: isSsrBuild || mode === "test" ? [] : ALIASES },
  ssr: { noExternal: true },
  worker: {
    format: "es",
    rolldownOptions: {
      output: { minify: false }, // terser does it. Rolldown would print all of it anew, with spaces.
      checks: { bundlerTimings: false },
    },
  },
  build: isSsrBuild
    ? {
        target: "node20",
        outDir: here("dist/cli"),
        emptyOutDir: true,
        rolldownOptions: { external: NOT_BUNDLED },
      }
    : {
        target: "es2022",
        outDir: here(mode === "daemon" ? "dist/daemon" : "dist/web"),
        emptyOutDir: true,
        minify: "terser", // Vite's own leaves the page 1 kB larger.
        terserOptions: { ecma: 2020, module: true, compress: { passes: 3 } },
        modulePreload: false, // Parts loaded later need nothing else, so preloading would only make the page larger.
        // All of the first load in one file: it compresses better than several.
        rolldownOptions: {
          ...(mode === "daemon" && { input: here("web/daemon.html") }),
          output: { codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] } },
          checks: { bundlerTimings: false }, // Compressing may take a second or two on a slow machine.
        },
      },
  test: {
    root: here("."),
    env: { XDG_CONFIG_HOME: here("node_modules/.no-settings") }, // Tests must not see the log-ins of whoever runs them.
    testTimeout: 60_000, // Machines are shared: only a test that hangs should time out.
    expect: { poll: { timeout: 30_000 } },
    // Tests of commands and of peers wait more than they compute: three at once keep two cores busy.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    exclude: NO_TESTS,
    projects: [
      // To start a process for each file, and to load every module in it again, takes longer than most tests.
      {
        extends: true,
        test: { name: "shared", include: TESTS, exclude: [...NO_TESTS, ...ISOLATED_TESTS], isolate: false },
      },
      { extends: true, test: { name: "isolated", include: ISOLATED_TESTS, exclude: NO_TESTS } },
    ],
  },
}));
