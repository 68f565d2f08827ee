import fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NOBODY } from "../../core/identity.ts";
import { Origins } from "../origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "../proxies.ts";
import { addApi } from "./api.ts";

const http = fastify();
let url: string;

beforeAll(async () => {
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({
    publicUrl: undefined,
    allowedOrigins: ["https://files.example.org"],
    proxies,
  });
  await addApi(http, { identify: async () => NOBODY, networkOf: () => "here", origins }, [
    (api) => {
      api.get("/thing", async () => ({ thing: 1 }));
      api.post("/thing", async () => ({ thing: 2 }));
    },
  ]);
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
