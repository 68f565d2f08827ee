import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path/posix";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";

/** What the files of a room (a folder or a single file) may import besides their own room. */
interface Room {
  /** Folders and files of the project. */
  readonly files: readonly string[];
  /** Files of the project from which only types may be imported. */
  readonly types?: readonly string[];
  /** Packages; `node:` stands for Node's own modules. Undefined: any installed package. */
  readonly packages?: readonly string[];
}

const WORDS = ["shared/base", "shared/meta", "shared/wire", "shared/announce"];
const ENGINE = [
  ...WORDS,
  "shared/encrypted",
  "shared/policy",
  "shared/session",
  "shared/driver",
  "shared/library",
];
const TRACKER_FLOOR = ["signal-tracker/core", "signal-tracker/limits", "shared/base", "shared/announce"];
/** What the databases share. */
const STORE_FLOOR = [
  "signal-tracker/store/memory",
  "signal-tracker/store/record-file-error.ts",
  "signal-tracker/store/torrent-cursor.ts",
  ...TRACKER_FLOOR,
];
/** What every room of the headless peer may import from `headless-peer/` itself. */
const PEER_FLOOR = [
  "goodbye.ts",
  "local-address.ts",
  "packet-budget.ts",
  "peer-address.ts",
  "platform.ts",
  "udp-port.ts",
].map((file) => `headless-peer/${file}`);
/** The same for the rooms of the command line. */
const CLI_FLOOR = ["failure.ts", "once.ts", "output.ts", "stop-signal.ts"].map((file) => `cli/${file}`);
const CLI_PACKAGES = [
  "node:",
  "cli-progress",
  "cli-table3",
  "commander",
  "picomatch",
  "pino",
  "pino-pretty",
  "qrcode",
];

/** The table that ARCHITECTURE.md refers to. A file belongs to the room with the longest matching name. */
const ROOMS: Record<string, Room> = {
  "shared/base": { files: [], packages: [] },
  "shared/meta": { files: ["shared/base"], packages: [] },
  "shared/wire": { files: ["shared/base"], packages: [] },
  "shared/announce": { files: ["shared/base"], packages: [] },
  "shared/encrypted": { files: ["shared/base", "shared/meta"], packages: ["@noble"] },
  "shared/policy": { files: ["shared/base", "shared/meta"], packages: [] },
  "shared/session": { files: [...WORDS, "shared/policy"], packages: [] },
  "shared/driver": {
    files: ["shared/base", "shared/meta", "shared/announce", "shared/session"],
    packages: [],
  },
  "shared/library": {
    files: [...WORDS, "shared/encrypted", "shared/policy", "shared/session", "shared/driver"],
    packages: [],
  },
  // What a daemon's API says: types for both of its ends.
  "shared/daemon": { files: ["shared/base", "shared/session"], packages: [] },
  // Runs the tracker's own core with its store in memory.
  "shared/sim": {
    files: [...ENGINE, ...TRACKER_FLOOR, "signal-tracker/store/memory/swarm-store.ts"],
    packages: [],
  },

  disk: { files: [], packages: ["node:"] },

  "signal-tracker/limits": { files: ["shared/announce"], packages: [] },
  "signal-tracker/core": {
    files: ["signal-tracker/limits", "shared/base", "shared/announce"],
    packages: [],
  },
  "signal-tracker/store": { files: ["disk", ...TRACKER_FLOOR], packages: ["node:"] },
  "signal-tracker/store/sqlite": {
    files: STORE_FLOOR,
    packages: ["node:", "better-sqlite3"],
  },
  "signal-tracker/store/redis": {
    files: ["signal-tracker/store/compare-utf8.ts", ...STORE_FLOOR],
    packages: ["node:", "pino", "rate-limiter-flexible", "redis"],
  },
  "signal-tracker/accounts": {
    files: [...TRACKER_FLOOR, "shared/meta"],
    packages: ["node:", "@node-rs/argon2", "rate-limiter-flexible"],
  },
  "signal-tracker/nearby": { files: TRACKER_FLOOR, packages: [] },
  "signal-tracker/catalog": { files: [...TRACKER_FLOOR, "shared/meta"], packages: ["node:"] },
  "signal-tracker/certificates": {
    files: ["disk", "signal-tracker/limits", "shared/base"],
    packages: ["node:", "pino", "@peculiar", "reflect-metadata"],
  },
  "signal-tracker/transport": {
    files: ["signal-tracker/accounts", "signal-tracker/catalog", "signal-tracker/nearby", ...TRACKER_FLOOR],
    packages: ["node:", "fastify", "@fastify", "pino", "ws"],
  },
  "signal-tracker/transport/wire": {
    files: ["signal-tracker/core/sdp-json.ts", "shared/base", "shared/announce"],
    packages: ["node:"],
  },
  // Nothing of `operation`, which has a route of its own here.
  "signal-tracker/transport/api": {
    files: [
      ...["addresses", "cors", "http-tracker", "identify", "known-hosts", "minute-counts"],
      ...["origins", "proxies", "session-cookie"],
    ]
      .map((name) => `signal-tracker/transport/${name}.ts`)
      .concat("signal-tracker/accounts", "signal-tracker/catalog", TRACKER_FLOOR),
    packages: ["node:", "fastify", "@fastify"],
  },
  "signal-tracker/transport/operation": {
    files: ["signal-tracker/transport", ...TRACKER_FLOOR],
    packages: ["node:", "fastify", "prom-client"],
  },
  // Puts the rooms together. Nobody but main.ts imports it.
  "signal-tracker/assembly": {
    files: [
      "disk",
      "signal-tracker/accounts",
      "signal-tracker/catalog",
      "signal-tracker/certificates",
      "signal-tracker/nearby",
      "signal-tracker/store",
      "signal-tracker/transport",
      ...TRACKER_FLOOR,
    ],
    packages: ["node:", "fastify", "pino"],
  },
  "signal-tracker/main.ts": {
    files: ["signal-tracker/assembly", "signal-tracker/store", "signal-tracker/transport", "shared/base"],
    packages: ["node:", "pino"],
  },

  "headless-peer/links": {
    files: [...PEER_FLOOR, ...ENGINE],
    packages: ["node:", "node-datachannel", "simple-peer"],
  },
  "headless-peer/trackers": { files: [...PEER_FLOOR, ...ENGINE], packages: ["node:", "ws"] },
  "headless-peer/discovery": {
    files: [...PEER_FLOOR, ...ENGINE],
    packages: ["node:", "bittorrent-dht"],
  },
  "headless-peer/files": { files: ["disk", ...PEER_FLOOR, ...ENGINE], packages: ["node:"] },
  "headless-peer/sources": {
    files: ["disk", "headless-peer/files", "headless-peer/trackers", ...PEER_FLOOR, ...ENGINE],
    packages: ["node:"],
  },
  "headless-peer": { files: ENGINE, packages: ["node:"] },

  "cli/show": {
    files: ["cli/stop-signal.ts", "headless-peer", "shared/daemon", "shared/sim/swarm", ...ENGINE],
    packages: CLI_PACKAGES,
  },
  "cli/flags": {
    files: ["cli/show", ...CLI_FLOOR, "disk", "headless-peer", "shared/daemon", ...ENGINE],
    types: ["signal-tracker/main.ts"],
    packages: CLI_PACKAGES,
  },
  "cli/sources": {
    files: ["cli/show", "cli/flags", ...CLI_FLOOR, "disk", "headless-peer", "shared/daemon", ...ENGINE],
    packages: CLI_PACKAGES,
  },
  "cli/daemon": {
    files: [
      ...["cli/show", "cli/flags", "cli/sources", "cli/peer-news.ts", "cli/publisher.ts"],
      ...["cli/start-peer.ts", ...CLI_FLOOR, "disk", "headless-peer", "shared/daemon", ...ENGINE],
    ],
    packages: ["node:"],
  },
  "cli/daemon/api": {
    files: ["cli/daemon", "cli/flags", "cli/send-file.ts", "headless-peer", "shared/daemon", ...ENGINE],
    packages: ["node:", "fastify", "@fastify", "prom-client"],
  },
  "cli/commands": {
    files: [
      "cli",
      "shared/daemon",
      "disk",
      "headless-peer",
      "shared/sim/swarm",
      "signal-tracker/main.ts",
      "package.json",
      ...ENGINE,
    ],
    packages: CLI_PACKAGES,
  },
  cli: {
    files: ["headless-peer", "signal-tracker/main.ts", "package.json", ...ENGINE],
    packages: CLI_PACKAGES,
  },

  "web/engine": {
    files: ["web/service-worker/inbox.ts", "shared/daemon", ...ENGINE],
    packages: ["@preact/signals-core", "hash-wasm", "idb", "simple-peer"],
  },
  // The page of a daemon has nothing of the engine that runs in a browser.
  "web/engine/daemon": {
    files: [
      ...[
        "client",
        "notices",
        "plain-sizes",
        "preview-bounds",
        "save-blob",
        "settings",
        "uncaught",
        "worker/event-log",
        "worker/speed-log",
      ].map((name) => `web/engine/${name}.ts`),
      ...["shared/base", "shared/meta", "shared/announce/json-fields.ts", "shared/daemon"],
      "shared/session/link-end.ts",
    ],
    types: ["shared/session"],
    packages: ["@preact/signals-core"],
  },
  "web/ui": {
    files: ["web/engine/client.ts"],
    types: ["shared/announce/tracker-api.ts", "shared/base/ids.ts", "shared/session/view.ts"],
    packages: ["preact", "@preact/signals-core", "qrcode", "uplot"],
  },
  "web/service-worker": { files: [], packages: [] },
  "web/service-worker-build.ts": { files: [], packages: ["node:", "vite"] },
  "web/simple-peer-build.ts": { files: [], packages: ["node:", "vite"] },
  "web/main.tsx": { files: ["web", ...ENGINE], packages: ["preact"] },
  "web/daemon.tsx": { files: ["web/engine/daemon", "web/styles.ts", "web/ui"], packages: ["preact"] },
  "web/styles.ts": { files: ["web/ui"], packages: [] },

  e2e: {
    files: ["shared", "signal-tracker", "headless-peer", "cli", "web", "dist", "docs", "vite.config.ts"],
  },
  bench: { files: ["shared", "signal-tracker", "headless-peer", "cli", "web", "e2e", "dist"] },
  docs: { files: ["cli", "signal-tracker/limits", "shared", "web", "e2e", "dist"] },
  library: { files: ["headless-peer/main.ts", "package.json", "signal-tracker/main.ts", "web"] },
  // As those who install the package see it.
  examples: { files: [], packages: ["fastify", "tabswarm"] },
  "architecture.ts": { files: [] },
  "vite.config.ts": {
    files: ["e2e/sqlite.ts", "package.json", "web/service-worker-build.ts", "web/simple-peer-build.ts"],
  },
};

interface Import {
  /** Undefined: computed at run time. */
  readonly target: string | undefined;
  readonly isType: boolean;
}

const SOURCE = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
/** Tests and test support. */
const TEST = /\.(test|spec|test-support)\.tsx?$/;
const NOT_OURS = new Set(["node_modules", "dist", "test-results", "playwright-report", "results", "built"]);

const files = sourceFiles(".");

test("every source file is in a room", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
});

test.each(Object.keys(ROOMS))("%s imports only what it may", (room) => {
  // Tests may import across rooms.
  const own = files.filter((file) => roomOf(file) === room && !TEST.test(file));
  expect(own.flatMap((file) => complaints(file, readFileSync(file, "utf8")))).toEqual([]);
});

test("only the two pages import styles: the build does not fetch those of a part that loads later", () => {
  const importers = files.filter((file) => /^import "[^"]+\.css";$/m.test(readFileSync(file, "utf8")));
  expect(importers).toEqual(["web/daemon.tsx", "web/styles.ts"]);
});

test("tests wait with `eventually`: Vitest's own wait ends after a second, which a busy machine needs for one import", () => {
  const impatient = files.filter((file) => /\bvi\.waitFor\(/.test(readFileSync(file, "utf8")));
  expect(impatient).toEqual(["shared/base/eventually.test-support.ts"]);
});

test("tests that replace a module run alone: where it is loaded already, nothing would be replaced", () => {
  const config = readFileSync("vite.config.ts", "utf8");
  const replacing = files.filter((file) => /\bvi\.(?:mock|doMock)\(/.test(readFileSync(file, "utf8")));
  expect(replacing).not.toEqual([]);
  for (const file of replacing.filter((each) => !each.startsWith("web/ui/")))
    expect(config).toContain(`"${file}",`);
});

describe("a forbidden import is found", () => {
  test.each([
    ["shared/base/a.ts", 'import { x } from "../meta/layout.ts";'],
    ["shared/base/a.ts", 'import type { X } from "../meta/layout.ts";'],
    ["shared/meta/a.ts", 'export { x } from "../wire/message.ts";'],
    ["shared/meta/a.ts", 'export * from "../wire/message.ts";'],
    ["shared/wire/a.ts", 'import "../meta/layout.ts";'],
    ["shared/encrypted/a.ts", 'import { x } from "../driver/ports.ts";'],
    ["shared/meta/a.ts", 'import { x } from "../encrypted/share.ts";'],
    ["shared/policy/a.ts", 'const x = await import("../session/session.ts");'],
    ["shared/session/a.ts", 'type X = import("../driver/ports.ts").Clock;'],
    ["shared/session/a.ts", 'import { x } from "#shared/sim/swarm.ts";'],
    ["shared/driver/a.ts", "const x = await import(name);"],
    ["shared/base/a.ts", 'import fs from "node:fs";'],
    ["shared/driver/a.ts", 'import Peer from "simple-peer";'],
    ["shared/base/a.ts", 'import { x } from "./a.test.ts";'],
    ["signal-tracker/core/a.ts", 'import { x } from "./a.test-support.ts";'],
    ["shared/base/a.ts", 'import { x } from "../../architecture.test.ts";'],
    ["signal-tracker/core/a.ts", 'import { x } from "../store/memory/swarm-store.ts";'],
    ["signal-tracker/core/a.ts", 'import { x } from "node:crypto";'],
    ["signal-tracker/store/a.ts", 'import { x } from "../transport/http.ts";'],
    ["signal-tracker/store/memory/a.ts", 'import { x } from "better-sqlite3";'],
    ["signal-tracker/accounts/a.ts", 'import { x } from "../catalog/catalog.ts";'],
    ["signal-tracker/catalog/a.ts", 'import { x } from "../store/memory/swarm.ts";'],
    ["signal-tracker/core/a.ts", 'import { x } from "../accounts/keys.ts";'],
    ["signal-tracker/store/sqlite/a.ts", 'import { x } from "../redis/redis-link.ts";'],
    ["signal-tracker/store/sqlite/a.ts", 'import { x } from "redis";'],
    ["signal-tracker/store/redis/a.ts", 'import { x } from "../../transport/connection-ids.ts";'],
    ["signal-tracker/store/redis/a.ts", 'import { x } from "better-sqlite3";'],
    ["signal-tracker/accounts/a.ts", 'import { x } from "../store/sqlite/record-store.ts";'],
    ["signal-tracker/certificates/a.ts", 'import { x } from "../transport/listen.ts";'],
    ["signal-tracker/certificates/a.ts", 'import { x } from "../core/tracker.ts";'],
    ["signal-tracker/transport/a.ts", 'import { x } from "../store/memory/swarm-store.ts";'],
    ["signal-tracker/transport/a.ts", 'import { x } from "../certificates/authority.ts";'],
    ["signal-tracker/transport/a.ts", 'import { x } from "../assembly/open-tracker.ts";'],
    ["signal-tracker/transport/wire/a.ts", 'import { x } from "../websocket.ts";'],
    ["signal-tracker/transport/wire/a.ts", 'import { x } from "ws";'],
    ["signal-tracker/transport/operation/a.ts", 'import { x } from "../../catalog/catalog.ts";'],
    ["signal-tracker/transport/api/a.ts", 'import { x } from "prom-client";'],
    ["signal-tracker/transport/api/a.ts", 'import { x } from "../operation/census.ts";'],
    ["signal-tracker/assembly/a.ts", 'import { x } from "../main.ts";'],
    ["signal-tracker/main.ts", 'import { x } from "./core/tracker.ts";'],
    ["headless-peer/a.ts", 'import { x } from "#shared/sim/swarm.ts";'],
    ["headless-peer/a.ts", 'import { x } from "commander";'],
    ["headless-peer/links/a.ts", 'import { x } from "../files/sha1.ts";'],
    ["headless-peer/files/a.ts", 'import { x } from "../peer.ts";'],
    ["cli/show/a.ts", 'import { x } from "../commands/seed.ts";'],
    ["cli/a.ts", 'import { x } from "#signal-tracker/core/tracker.ts";'],
    ["cli/a.ts", 'import { x } from "#shared/sim/swarm.ts";'],
    ["web/engine/a.ts", 'import { x } from "../ui/app.tsx";'],
    ["web/engine/daemon/a.ts", 'import { x } from "../torrents.ts";'],
    ["web/daemon.tsx", 'import { x } from "./engine/live.ts";'],
    ["web/engine/a.ts", 'new Worker(new URL("../ui/a.ts", import.meta.url));'],
    ["web/engine/a.ts", 'import { x } from "node:crypto";'],
    ["web/ui/a.tsx", 'import { x } from "../engine/live.ts";'],
    ["web/ui/a.tsx", 'import { parseInfoHash } from "#shared/base/ids.ts";'],
    ["web/ui/a.tsx", 'import type { X } from "#shared/base/bytes.ts";'],
    ["web/ui/a.tsx", 'import { openDB } from "idb";'],
  ])("%s: %s", (file, source) => {
    expect(complaints(file, source)).toHaveLength(1);
  });
});

test.each([
  ["shared/meta/a.ts", 'import { x } from "../base/bytes.ts"; import { y } from "./layout.ts";'],
  [
    "web/ui/a.tsx",
    'import type { X } from "#shared/base/ids.ts"; import { type Y } from "#shared/session/view.ts";',
  ],
  [
    "web/ui/a.tsx",
    'import href from "./a.css?url"; import { x } from "preact/hooks"; import { y } from "../engine/client.ts";',
  ],
  ["cli/tabswarm.ts", 'import { x } from "./commands/seed.ts";'],
  ["headless-peer/peer.ts", 'import { x } from "./links/tcp.ts";'],
  ["e2e/a.ts", 'import { x } from "#shared/announce/a.test-support.ts";'],
])("%s may: %s", (file, source) => {
  expect(complaints(file, source)).toEqual([]);
});

test("a file in no room is noticed", () => {
  for (const file of ["shared/helpers/a.ts", "shared/a.ts", "web/a.ts", "src/a.ts", "a.ts", "cli.ts"]) {
    expect(roomOf(file), file).toBeUndefined();
  }
});

test("the rule against ambient time and chance reports every listed way to get them, and nothing else", () => {
  const ambient = [
    "export const a = Date.now();",
    "export const b = new Date();",
    "export const c = Date();",
    "export const d = Math.random();",
    'export const e = Math["random"]();',
    "export const { random } = Math;",
    "export const f = [1].map(Math.random);",
    "export const g = performance.now();",
    "export const h = crypto.getRandomValues(g);",
    "setTimeout(() => {}, 5);",
    "setInterval(() => {}, 5);",
    "setImmediate(() => {});",
    "queueMicrotask(() => {});",
    "globalThis.setTimeout(() => {}, 5);",
  ];
  const harmless = ["export const i = Math.floor(1.5);", "export const j = { now: 1, random: 2 }.now;"];
  expect(linesReported([...ambient, ...harmless])).toEqual(ambient);
});

/** The lines of a file that `shared/ambient.grit` reports. */
function linesReported(lines: readonly string[]): string[] {
  const folder = mkdtempSync(`${tmpdir()}/ambient-`);
  try {
    copyFileSync("shared/ambient.grit", `${folder}/ambient.grit`);
    const rules = { linter: { rules: { preset: "none" } } };
    writeFileSync(
      `${folder}/biome.json`,
      JSON.stringify({ root: true, plugins: ["./ambient.grit"], ...rules }),
    );
    writeFileSync(`${folder}/planted.ts`, lines.join("\n"));
    const args = ["lint", "--reporter=json", "--max-diagnostics=none", `--config-path=${folder}`, folder];
    const { stdout } = spawnSync("node_modules/.bin/biome", args, { encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout);
    const reported = new Set<number>(
      diagnostics.map((found: { location: { start: { line: number } } }) => found.location.start.line),
    );
    return lines.filter((_, at) => reported.has(at + 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name) || entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** A test belongs to the room of the file that it tests. */
function roomOf(file: string): string | undefined {
  const tested = file.replace(/\.test(?=\.tsx?$)/, "");
  const rooms = Object.keys(ROOMS).filter((room) => isIn(tested, room));
  return rooms.sort((left, right) => right.length - left.length)[0];
}

/** A sentence for each import that the file's room does not allow. */
function complaints(file: string, source: string): string[] {
  const name = roomOf(file) ?? "";
  const room = ROOMS[name];
  if (room === undefined) return [`${file} is in no room`];
  return importsOf(file, source)
    .filter((found) => !isAllowed(name, room, file, found))
    .map(({ target }) => `${file} must not import ${target ?? "what is only known at run time"}`);
}

function isAllowed(name: string, room: Room, file: string, { target, isType }: Import): boolean {
  if (target === undefined) return room.packages === undefined;
  if (!/^[.#]/.test(target)) return isAllowedPackage(room, target);
  const path = target.startsWith("#") ? target.slice(1) : join(dirname(file), target);
  if (TEST.test(path) && name !== "e2e") return false; // Everything in e2e is for tests.
  const places = [name, ...room.files, ...(isType ? (room.types ?? []) : [])];
  return places.some((place) => isIn(path, place));
}

function isAllowedPackage({ packages }: Room, target: string): boolean {
  if (packages === undefined) return true;
  return packages.some((name) => (name === "node:" ? target.startsWith(name) : isIn(target, name)));
}

/** Static and dynamic imports, re-exports, types named by `import("…")`, and workers. */
function importsOf(file: string, source: string): Import[] {
  const { module, errors } = parseSync(file, source);
  expect(errors, file).toEqual([]);
  const fixed = module.staticImports.map(({ moduleRequest, entries }) => ({
    target: moduleRequest.value,
    isType: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest == null ? [] : [{ target: moduleRequest.value, isType }],
    ),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    target: /^(["'])(.*)\1$/s.exec(source.slice(start, end))?.[2],
    isType: false,
  }));
  const starts = new Set(module.dynamicImports.map(({ start }) => start));
  const types = [...source.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)].filter(
    ({ index }) => !starts.has(index),
  );
  const workers = [...source.matchAll(/new URL\(\s*"(\.[^"]+)"\s*,\s*import\.meta\.url/g)];
  return [
    ...fixed,
    ...exported,
    ...dynamic,
    ...types.map(([, target]) => ({ target, isType: true })),
    ...workers.map(([, target]) => ({ target, isType: false })),
  ];
}
