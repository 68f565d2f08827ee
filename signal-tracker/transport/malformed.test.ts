import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { seededRandom } from "#shared/base/random.ts";
import { seeds } from "#shared/base/seeds.test-support.ts";
import { type RunningTracker, startTracker } from "../main.ts";
import { ODD_NUMBERS, ODD_TEXTS, oddJson, pick } from "./odd-values.test-support.ts";

const SEEDS = seeds(process.env["SEED"], 1);
const COUNT = 10_000;

let folder: string;
/** With accounts, for the API. */
let tracker: RunningTracker;
/** Without, so that announces get as far as they can. */
let open: RunningTracker;
/** What the tracker has logged as its own fault. */
const faults: string[] = [];
/** Every route of the API, as `[method, path with :parameters]`. */
const apiRoutes: (readonly [method: string, path: string])[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-malformed-"));
  const listen = (message: unknown): void => {
    (message as { fastify: FastifyInstance }).fastify.addHook("onRoute", ({ method, url }) => {
      for (const one of [method].flat()) if (url.startsWith("/api/")) apiRoutes.push([one, url]);
    });
  };
  diagnostics.subscribe("fastify.initialization", listen);
  const log = pino({ level: "error" }, { write: (line: string) => faults.push(line) });
  const options = { host: "127.0.0.1", port: 0, stun: true, log, accounts: true, dataFolder: folder };
  tracker = await startTracker(options);
  open = await startTracker({ ...options, accounts: false, dataFolder: undefined });
  diagnostics.unsubscribe("fastify.initialization", listen);
});
afterAll(async () => {
  await Promise.all([tracker.close(), open.close()]);
  await rm(folder, { recursive: true });
});

/** Whether the trackers still do their work, and have met no error of their own. */
async function expectWell(): Promise<void> {
  for (const { port } of [tracker, open]) {
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([health.status, faults]).toEqual([200, []]);
  }
}

/** Half a surrogate pair cannot be in a URL. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly cookie: string | undefined;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

async function ask(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
  { port } = tracker,
): Promise<Answer> {
  const asked = request({ host: "127.0.0.1", port, method, path, agent, headers });
  asked.end(body);
  const [response] = await once(asked, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  const [cookie = ""] = response.headers["set-cookie"] ?? [];
  return { status: response.statusCode, body: text, cookie: cookie.split(";")[0] };
}

async function logIn(): Promise<string> {
  const body = JSON.stringify({ name: `mallory${Math.random()}`.slice(0, 20), password: "a long password" });
  const { cookie = "" } = await ask("POST", "/api/accounts", { "content-type": "application/json" }, body);
  expect(cookie).toContain("session=");
  return cookie;
}

test.each(SEEDS)(
  "malformed requests to every route of the API are refused and break nothing (seed %i)",
  { timeout: 120_000 },
  async (seed) => {
    const random = seededRandom(seed);
    let cookie = await logIn();
    const statuses = new Set<number>();
    for (let at = 0; at < COUNT / 4; at++) {
      const [method, pattern] = pick(random, apiRoutes);
      if (pattern === "/api/me" && method === "DELETE") cookie = await logIn();
      const encoded = (): string => encodeURIComponent(wellFormed(pick(random, ODD_TEXTS))).slice(0, 500);
      const path =
        pattern.replace(/:\w+/g, encoded) +
        (random.below(2) === 0
          ? `?q=${encoded()}&limit=${pick(random, ODD_NUMBERS)}&cursor=${encoded()}&sort=${encoded()}`
          : "");
      const type = pick(random, [
        "application/json",
        "application/json",
        "application/json",
        "text/plain",
        "x/y",
      ]);
      const json = random.below(8) === 0 ? '{"name":' : JSON.stringify(oddJson(random));
      const hasBody = !["GET", "HEAD", "OPTIONS"].includes(method);
      const { status, body } = await ask(
        method,
        path,
        {
          cookie,
          ...(hasBody && { "content-type": type, "content-length": String(Buffer.byteLength(json)) }),
        },
        hasBody ? json : undefined,
      );
      statuses.add(status);
      expect(status, `${method} ${path} ${json.slice(0, 300)}: ${body.slice(0, 300)}`).toBeLessThan(500);
      if (status >= 400 && method !== "HEAD")
        expect(JSON.parse(body), path).toMatchObject({ error: { code: expect.any(String) } });
    }
    expect([...statuses]).toEqual(expect.arrayContaining([400]));
    await expectWell();
  },
);

test.each(SEEDS)(
  "malformed announces and scrapes over HTTP are answered with a reason (seed %i)",
  { timeout: 120_000 },
  async (seed) => {
    const random = seededRandom(seed);
    const valid = `info_hash=${"%11".repeat(20)}&peer_id=-XX0001-000000000001&port=7001&left=0&compact=1&event=started`;
    const broken = (): string => {
      const characters = Array.from(valid);
      for (let count = 1 + random.below(8); count > 0; count--) {
        const at = random.below(characters.length);
        const odd = pick(random, [
          "",
          "%",
          "%00",
          "%ff",
          "&",
          "=",
          "&&",
          "+",
          ";",
          "[",
          "99999999999",
          "%zz",
          "info_hash=x",
        ]);
        characters.splice(at, random.below(12), odd);
      }
      return characters.join("");
    };
    const together = 20;
    for (let at = 0; at < COUNT; at += together) {
      const paths = Array.from(
        { length: together },
        () => `/${pick(random, ["announce", "scrape"])}?${broken()}`,
      );
      const answers = await Promise.all(paths.map((path) => ask("GET", path, {}, undefined, open)));
      for (const { status, body } of answers) expect([status, body[0]]).toEqual([200, "d"]);
    }
    await expectWell();
  },
);

test.each(SEEDS)(
  "bytes that are not HTTP end their connection and nothing else (seed %i)",
  { timeout: 120_000 },
  async (seed) => {
    const random = seededRandom(seed);
    for (let at = 0; at < COUNT / 20; at++) {
      const socket = connect(open.port, "127.0.0.1");
      socket.on("error", () => {}); // It may be reset.
      socket.resume();
      const start = pick(random, [
        "",
        "GET ",
        "GET / HTTP/1.1\r\n",
        "POST /api/session HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
      ]);
      socket.end(Buffer.concat([Buffer.from(start), random.bytes(1 + random.below(300))]));
      await once(socket, "close");
    }
    await expectWell();
  },
);

test.each(SEEDS)(
  "malformed messages and frames over WebSockets hurt only their own socket (seed %i)",
  { timeout: 120_000 },
  async (seed) => {
    const random = seededRandom(seed);
    const valid = JSON.stringify({
      ...{
        action: "announce",
        info_hash: "\x11".repeat(20),
        peer_id: "-XX0001-000000000001",
        left: 0,
        numwant: 5,
      },
      offers: [{ offer_id: "\x22".repeat(20), offer: { type: "offer", sdp: "v=0\r\n" } }],
    });
    const broken = (): Buffer => {
      const bytes = Buffer.from(valid);
      for (let count = 1 + random.below(6); count > 0; count--)
        bytes[random.below(bytes.length)] = random.below(256);
      const odd = pick(random, [
        bytes,
        bytes.subarray(0, random.below(bytes.length)),
        Buffer.from(random.bytes(50)),
      ]);
      return random.below(10) === 0 ? Buffer.from(JSON.stringify(oddJson(random))) : odd;
    };
    for (let socketNumber = 0; socketNumber < 10; socketNumber++) {
      const socket = new WebSocket(`ws://127.0.0.1:${open.port}/`);
      socket.on("error", () => {});
      await once(socket, "open");
      const closed = once(socket, "close");
      for (let at = 0; at < COUNT / 10 - 1; at++) socket.send(broken(), { binary: random.below(2) === 0 });
      // Then malformed frames: a reserved opcode, no mask, a length that nobody can send.
      const frames = ["8bff", "8100", "81ffffffffffffffffff00000000", "f1800000000000", "890000"];
      const raw = (socket as unknown as { _socket: NodeJS.WritableStream })._socket;
      raw.write(Buffer.from(pick(random, frames), "hex"));
      raw.end();
      await closed;
    }
    await expectWell();
  },
);
