import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Node's modules that simple-peer requires: see web/engine/simple-peer. */
const SIMPLE_PEER_NEEDS = ["buffer", "debug", "randombytes", "readable-stream"].map((name) => ({
  find: new RegExp(`^${name}$`),
  replacement: here(`web/engine/simple-peer/${name}.cjs`),
}));

/** simple-peer's log, which nobody reads, would be a hundredth of the page. */
const silentSimplePeer: Plugin = {
  name: "silent-simple-peer",
  apply: "build",
  transform: {
    filter: { id: /\/simple-peer\/index\.js$/ },
    handler: (code) => code.replace(/^ *this\._debug\(.*\)$/gm, ""),
  },
};

// One file for both builds: the page (`vite build`) and the command line (`vite build --ssr cli/tabswarm.ts`).
export default defineConfig(({ isSsrBuild, mode }) => ({
  root: isSsrBuild ? here(".") : here("web"),
  plugins: isSsrBuild ? [] : [preact(), silentSimplePeer],
  logLevel: "warn",
  // `npm run dev` shows the page as it is edited; the tracker behind it is one that `npm start` runs.
  server: {
    proxy: {
      "/config.json": "http://localhost:8000",
      "/announce": { target: "ws://localhost:8000", ws: true },
    },
  },
  resolve: { alias: isSsrBuild || mode === "test" ? [] : SIMPLE_PEER_NEEDS },
  build: isSsrBuild
    ? { target: "node20", outDir: here("dist/cli"), emptyOutDir: true }
    : // What is loaded later needs nothing else, so code that preloads it would only make the page larger.
      { target: "es2022", modulePreload: false, outDir: here("dist/web"), emptyOutDir: true },
  test: {
    root: here("."),
    testTimeout: 60_000, // Machines are shared: only what hangs shall fail by time.
    expect: { poll: { timeout: 30_000 } },
    include: ["**/*.test.ts", "**/*.test.tsx"],
    exclude: ["node_modules", "dist", "e2e/foreign/node_modules"],
  },
}));
