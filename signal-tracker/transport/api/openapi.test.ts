import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningTracker, startTracker } from "../../main.ts";

// The document of the whole API, as a tracker serves it.

let folder: string;
let tracker: RunningTracker;
let operations: readonly Operation[];

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}
type Schema = Readonly<Record<string, unknown>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-openapi-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>Page</title>");
  tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    udp: false,
    accounts: true,
    pageFolder: folder,
    log: pino({ level: "silent" }),
  });
  const { paths } = await (await get("/api/openapi.json")).json();
  operations = Object.entries<Record<string, Operation>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method,
      name: `${method} ${path}`,
    })),
  );
});
afterAll(async () => {
  await tracker.close();
  await rm(folder, { recursive: true });
});

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${tracker.port}${path}`);

test("the document names the routes that a client can use", () => {
  expect(operations.map(({ name }) => name)).toContain("get /api/status");
});

test("every route says what it answers, with a meaning for whatever may be absent", () => {
  const answers = operations.map(({ name, responses }) => {
    const [status = "", ...others] = Object.keys(responses).filter((code) => code.startsWith("2"));
    expect([name, others]).toEqual([name, []]);
    return [name, status, ...Object.keys(responses[status]?.content ?? {})].join(" ");
  });
  expect(answers).toEqual(answers.filter((text) => / (200|201) application\/\S+$| 204$/.test(text)));
  const torrents = operations.find(({ name }) => name === "get /api/torrents");
  expect(JSON.stringify(torrents?.responses["200"])).toContain(
    '"goesAt":{"type":"string","format":"date-time","description":"when',
  );
});

test("every route says in a sentence what it does, and what its errors look like", () => {
  const poor = operations.filter(
    ({ summary, tags, responses }) =>
      !/^[A-Z].+[^.]$/.test(summary ?? "") ||
      tags?.length !== 1 ||
      responses["4XX"]?.content === undefined ||
      responses["5XX"]?.content === undefined,
  );
  expect(poor.map(({ name }) => name)).toEqual([]);
});

test("everything that a route takes has a bound", () => {
  const unbounded = operations.flatMap(({ name, parameters = [], requestBody }) => [
    ...parameters.flatMap((one) => problemsIn(one.schema, `${name} ${one.in} ${one.name}`)),
    ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => problemsIn(schema, `${name} body`)),
  ]);
  expect(unbounded).toEqual([]);
  const inPath = operations.flatMap(({ name }) => name.match(/\{\w+\}/g) ?? []);
  const described = operations.flatMap(({ parameters = [] }) =>
    parameters.filter((one) => one.in === "path"),
  );
  expect(described).toHaveLength(inPath.length);
});

/** What a value may be without an end to it. */
function problemsIn(schema: Schema, place: string): readonly string[] {
  const { type, properties = {}, items } = schema;
  const isBounded = {
    string: ["maxLength", "enum", "const"],
    integer: ["maximum", "enum"],
    number: ["maximum", "enum"],
    array: ["maxItems"],
    object: ["properties"],
    boolean: ["type"],
  }[String(type)]?.some((keyword) => schema[keyword] !== undefined);
  return [
    ...(isBounded === true ? [] : [`${place}: ${type} has no bound`]),
    ...Object.entries(Object(properties)).flatMap(([key, value]) =>
      problemsIn(Object(value), `${place}.${key}`),
    ),
    ...(items === undefined ? [] : problemsIn(Object(items), `${place}[]`)),
  ];
}

test("people can read the same on a page that loads nothing from elsewhere and runs no script", async () => {
  for (const path of ["/api", "/api/"]) {
    const page = await get(path);
    const text = await page.text();
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(text).toContain("GET /api/status");
    expect(text).toContain("the .torrent file in base64");
    expect(text).toContain("<td>items[].infoHash<td>yes<td>string<td>40 hex digits");
    expect(text).not.toMatch(/<script|style=|https?:/);
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = ""]) => link);
    const types = await Promise.all(links.map(async (link) => (await get(link)).headers.get("content-type")));
    expect(types).toEqual(["text/css; charset=utf-8", "application/json; charset=utf-8"]);
  }
});

test("an answer that is not a success has the documented form", async () => {
  const response = await get("/api/nothing");
  expect([response.status, await response.json()]).toEqual([
    404,
    { error: { code: "noSuchRoute", message: "There is nothing at /api/nothing." } },
  ]);
  const [malformed] = await once(
    request({
      port: tracker.port,
      method: "POST",
      path: "/api/status",
      headers: { "content-type": "a/b" },
    }).end(),
    "response",
  );
  malformed.resume();
  expect(malformed.statusCode).toBe(404);
});
