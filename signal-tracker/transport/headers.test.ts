import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningTracker, startTracker } from "../main.ts";

const log = pino({ level: "silent" });

let folder: string;
let tracker: RunningTracker;
/** Every route that fastify knows, as `GET /path`, with something in the place of its parameters. */
const routes = new Set<string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-headers-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>Page</title>");
  await writeFile(join(folder, "assets", "main-1234.js"), "export {};");
  const listen = (message: unknown): void => {
    (message as { fastify: FastifyInstance }).fastify.addHook("onRoute", ({ method, url }) => {
      const path = url.replace(/:\w+/g, "1".repeat(40)).replace("*", "assets/main-1234.js");
      for (const one of [method].flat()) routes.add(`${one} ${path}`);
    });
  };
  diagnostics.subscribe("fastify.initialization", listen);
  tracker = await startTracker({
    ...{ host: "127.0.0.1", port: 0, stun: false, log, pageFolder: folder, accounts: true },
    ...{ dataFolder: folder, https: { port: 0, certificate: { folder } } },
  });
  diagnostics.unsubscribe("fastify.initialization", listen);
});
afterAll(async () => {
  await tracker.close();
  await rm(folder, { recursive: true });
});

async function headersOf(route: string): Promise<Record<string, string | undefined>> {
  const [method = "", path = ""] = route.split(" ");
  const asked = request({ host: "127.0.0.1", port: tracker.port, method, path, agent: false });
  asked.end();
  const [response] = await once(asked, "response");
  response.resume();
  return response.headers;
}

const complaints = (headers: Record<string, string | undefined>): readonly string[] => {
  const policy = headers["content-security-policy"] ?? "";
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
  return [
    ...(/default-src '(self|none)'/.test(policy) ? [] : ["no content policy"]),
    ...(/unsafe-inline|'unsafe-eval'|https?:|\*|data:/.test(scripts) ? [`scripts from ${scripts}`] : []),
    ...(policy.includes("frame-ancestors 'none'") ? [] : ["may be framed"]),
    ...(headers["x-content-type-options"] === "nosniff" ? [] : ["sniffing"]),
    ...(headers["referrer-policy"] === "no-referrer" ? [] : ["referrers"]),
    ...(headers["x-powered-by"] === undefined ? [] : ["tells what it is made of"]),
  ];
};

test("every route, and every error, has a content policy without inline scripts, nosniff and no referrers", async () => {
  expect(routes.size).toBeGreaterThan(30);
  const errors = [
    "GET /nothing",
    "GET /api/nothing",
    "PUT /",
    "GET /%",
    "POST /announce",
    "GET /../etc/passwd",
  ];
  for (const route of [...routes, ...errors]) expect(complaints(await headersOf(route)), route).toEqual([]);
});

test("announces are plain text that no browser takes for anything else", async () => {
  for (const path of ["/announce", "/scrape", "/announce?info_hash=<script>"]) {
    const headers = await headersOf(`GET ${path}`);
    expect([headers["content-type"], headers["x-content-type-options"]], path).toEqual([
      "text/plain",
      "nosniff",
    ]);
  }
});
