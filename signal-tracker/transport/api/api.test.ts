import fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NOBODY } from "../../core/identity.ts";
import { StoreUnavailable } from "../../core/record-store.ts";
import { Origins } from "../origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "../proxies.ts";
import { addApi } from "./api.ts";
import { ApiRefusal } from "./api-error.ts";

const SIZE = { type: "object", properties: { size: { type: "integer" } } };
const logged: string[] = [];
const http = fastify({ logger: { level: "error", stream: { write: (line) => void logged.push(line) } } });
let url: string;

beforeAll(async () => {
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({
    publicUrl: undefined,
    allowedOrigins: ["https://files.example.org"],
    proxies,
  });
  await addApi(
    http,
    {
      identify: async () => NOBODY,
      networkOf: () => "here",
      hosts: { isKnown: (host) => host !== "evil.example" },
      origins,
    },
    [
      (api) => {
        api.get("/thing", async () => ({ thing: 1 }));
        api.post("/thing", async () => ({ thing: 2 }));
        api.patch("/thing", { schema: { body: SIZE } }, async () => ({ thing: 3 }));
        api.get("/things", { schema: { querystring: SIZE } }, async () => ({ thing: 4 }));
        api.get("/lost", async () => {
          throw new StoreUnavailable("the disk is full");
        });
        api.get("/busy", async () => {
          throw new ApiRefusal(503, "tooBusy", "Try again in a minute.");
        });
        api.get("/bug", async () => {
          throw new Error("a bug");
        });
        api.delete("/thing", async ({ body }) => ({ body: body ?? "none" }));
      },
    ],
  );
  url = `${await http.listen({ host: "127.0.0.1", port: 0 })}/api/thing`;
});
afterAll(() => http.close());

const send = (method: string, origin?: string) =>
  fetch(url, { method, headers: origin === undefined ? {} : { origin } });

test("a page of another site may read, but change nothing", async () => {
  const refused = await send("POST", "https://evil.example");
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { error: { code: "foreignOrigin", message: expect.any(String) } },
  ]);
  const read = await send("GET", "https://evil.example");
  expect([read.status, read.headers.get("access-control-allow-origin")]).toEqual([200, null]);
});

test("the tracker's own page and programs may change something", async () => {
  expect((await send("POST", new URL(url).origin)).status).toBe(200);
  expect((await send("POST")).status).toBe(200);
});

test("a page of a site that the operator trusts may change something and read the answer", async () => {
  const preflight = await send("OPTIONS", "https://files.example.org");
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-methods")).toContain("PATCH");
  const sent = await send("POST", "https://files.example.org");
  expect([sent.status, sent.headers.get("access-control-allow-origin"), sent.headers.get("vary")]).toEqual([
    200,
    "https://files.example.org",
    "origin",
  ]);
});

test("the preflight of any other site allows nothing", async () => {
  const preflight = await send("OPTIONS", "https://evil.example");
  expect(preflight.headers.get("access-control-allow-methods")).toBeNull();
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});

/** Sends a request, and reads status and answer. */
async function answerTo(method: string, { path = "", type = "application/json", body = "" }) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "content-type": type },
    body: body || null,
  });
  return [response.status, await response.json()];
}
const malformed = (message: string) => ({ error: { code: "malformedRequest", message } });

test("a field that the route does not know is refused by name", async () => {
  expect(await answerTo("PATCH", { body: '{"size":1,"colour":2}' })).toEqual([
    400,
    malformed('"colour" is not a field of this request, which takes size.'),
  ]);
  expect(await answerTo("DELETE", { body: '{"size":1}' })).toEqual([
    400,
    malformed('"size" is not a field of this request, which takes no fields.'),
  ]);
  expect((await answerTo("PATCH", { body: '{"size":1}' }))[0]).toBe(200);
  const long = JSON.stringify({ ["x".repeat(10_000)]: 1 });
  expect(await answerTo("PATCH", { body: long })).toEqual([
    400,
    malformed(expect.stringMatching(/^"x{40}" is/)),
  ]);
});

test("so is a parameter, where there are some", async () => {
  expect(await (await fetch(`${url}s?sise=1`)).json()).toEqual(
    malformed('"sise" is not a parameter of this request, which takes size.'),
  );
  expect((await fetch(`${url}s?size=1`)).status).toBe(200);
  expect((await fetch(`${url}?v=2`)).status).toBe(200);
  expect((await fetch(`${url}x?v=2`)).status).toBe(404);
});

test.each(["application/json", "application/x-www-form-urlencoded"])(
  "an empty body of type %s is none",
  async (type) => {
    expect(await answerTo("DELETE", { type })).toEqual([200, { body: "none" }]);
  },
);

test("a body that is not JSON is refused", async () => {
  const sentAs = (type: string) => answerTo("DELETE", { type, body: "size=1" });
  expect(await sentAs("application/json")).toEqual([400, malformed(expect.any(String))]);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "nonsense"])
    expect(await sentAs(type), type).toEqual([415, malformed(expect.any(String))]);
  expect(await answerTo("PATCH", {})).toEqual([400, malformed("body must be object")]);
});

test("a bug is logged each time, an unavailable database once in a while, and that there is too much to do not at all", async () => {
  const ask = async (name: string) => (await fetch(new URL(name, url))).status;
  for (let asked = 0; asked < 5; asked++)
    expect([await ask("lost"), await ask("bug"), await ask("busy")]).toEqual([503, 500, 503]);
  const said = logged.map((line) => JSON.parse(line).msg);
  expect(said).toHaveLength(6);
  expect(said.filter((msg) => msg === "an API request failed")).toHaveLength(5);
  expect(said.filter((msg) => msg === "API requests failed: the database is unavailable")).toHaveLength(1);
});
