import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
  PASSWORD,
  register,
} from "../../accounts/accounts.test-support.ts";
import { MAX_KEYS_PER_ACCOUNT } from "../../limits/accounts.ts";
import { NEW_KEYS_PER_ACCOUNT } from "../../limits/attempts.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
let tracker: AccountTracker;

beforeAll(async () => {
  tracker = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp));
});
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function program(key: string): ApiClient {
  const client = new ApiClient(tracker);
  client.headers.authorization = `Bearer ${key}`;
  return client;
}

test("a key is shown once, with announce URLs that carry it", async () => {
  const client = await register(tracker, "maker");
  const made = await client.post("/api/keys", { name: "  my\n laptop " });
  const { key, announceUrls, ...shown } = made.body;
  expect(made.status).toBe(201);
  expect(key).toMatch(/^[a-z2-7]{32}$/);
  expect(announceUrls).toEqual([
    `ws://127.0.0.1:${tracker.port}/announce/${key}`,
    `http://127.0.0.1:${tracker.port}/announce/${key}`,
  ]);
  expect(shown).toEqual({ id: expect.any(String), name: "my laptop", createdAt: expect.any(String) });
  const listed = await client.get("/api/keys");
  expect(listed.body).toEqual({ items: [shown] });
  expect(JSON.stringify(listed.body)).not.toContain(key);
});

test("a key tells who a program is, and when it was last used", async () => {
  const client = await register(tracker, "user");
  const { key } = (await client.post("/api/keys", { name: "k" })).body;
  expect((await program(key).get("/api/me")).body.name).toBe("user");
  const [{ lastUsedAt }] = (await client.get("/api/keys")).body.items;
  expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(60_000);
});

test("a key is not enough for what takes over an account, but may revoke itself", async () => {
  const client = await register(tracker, "limited");
  const { key, id } = (await client.post("/api/keys", { name: "k" })).body;
  const other = (await client.post("/api/keys", { name: "other" })).body;
  for (const [method, path, body] of [
    ["GET", "/api/keys", undefined],
    ["POST", "/api/keys", { name: "another" }],
    ["POST", `/api/keys/${other.id}/replace`, { graceSeconds: 1 }],
    ["DELETE", `/api/keys/${other.id}`, undefined],
    ["PATCH", "/api/me", { password: PASSWORD, newPassword: "battery staple" }],
    ["DELETE", "/api/me", { password: PASSWORD }],
  ] as const)
    expect(codeOf(await program(key).send(method, path, body)), path).toEqual([403, "keyNotEnough"]);
  expect((await program(key).delete(`/api/keys/${id}`)).status).toBe(204);
  expect(codeOf(await program(key).get("/api/me"))).toEqual([401, "keyNotValid"]);
  expect((await program(other.key).get("/api/me")).status).toBe(200);
});

test("a key never has an administrator's rights", async () => {
  const admin = await register(tracker, "admin", tracker.code);
  const { key } = (await admin.post("/api/keys", { name: "k" })).body;
  expect((await program(key).get("/api/me")).body.isAdmin).toBe(false);
  expect(codeOf(await program(key).get("/api/accounts"))).toEqual([403, "keyNotEnough"]);
});

test("nobody can list, revoke or replace other people's keys", async () => {
  const owner = await register(tracker, "owner");
  const thief = await register(tracker, "thief");
  const { key, id } = (await owner.post("/api/keys", { name: "k" })).body;
  expect((await thief.get("/api/keys")).body.items).toEqual([]);
  expect(codeOf(await thief.delete(`/api/keys/${id}`))).toEqual([404, "noSuchKey"]);
  expect(codeOf(await thief.post(`/api/keys/${id}/replace`, { graceSeconds: 0 }))).toEqual([
    404,
    "noSuchKey",
  ]);
  expect((await program(key).get("/api/me")).status).toBe(200);
});

test("a wrong key is refused, and another kind of secret identifies nobody", async () => {
  expect(codeOf(await program("a".repeat(32)).get("/api/me"))).toEqual([401, "keyNotValid"]);
  expect(codeOf(await program("other-secret").get("/api/me"))).toEqual([401, "notLoggedIn"]);
});

test("a replaced key works on during its grace period, and not at all without one", async () => {
  const client = await register(tracker, "replacer");
  const old = (await client.post("/api/keys", { name: "seed box" })).body;
  const made = await client.post(`/api/keys/${old.id}/replace`, { graceSeconds: 3_600 });
  expect([made.status, made.body.name]).toEqual([201, "seed box"]);
  expect((await program(old.key).get("/api/me")).status).toBe(200);
  expect((await program(made.body.key).get("/api/me")).status).toBe(200);
  const ends = (await client.get("/api/keys")).body.items.map(({ expiresAt = "" }) => Date.parse(expiresAt));
  expect(Math.max(...ends.filter(Number.isFinite)) - Date.now()).toBeGreaterThan(3_500_000);
  const third = (await client.post(`/api/keys/${made.body.id}/replace`, { graceSeconds: 0 })).body;
  expect(codeOf(await program(made.body.key).get("/api/me"))).toEqual([401, "keyNotValid"]);
  expect((await program(third.key).get("/api/me")).status).toBe(200);
});

test("an account makes and replaces keys only so often", async () => {
  const client = await register(tracker, "busy");
  let { id } = (await client.post("/api/keys", { name: "k" })).body;
  const replace = () => client.post(`/api/keys/${id}/replace`, { graceSeconds: 0 });
  for (let count = 1; count < NEW_KEYS_PER_ACCOUNT.points; count++) ({ id } = (await replace()).body);
  expect(codeOf(await replace())).toEqual([429, "tooOften"]);
  expect(codeOf(await client.post("/api/keys", { name: "k" }))).toEqual([429, "tooOften"]);
  expect((await client.get("/api/keys")).body.items).toHaveLength(1);
});

test("an account has a bounded number of keys", async () => {
  const client = await register(tracker, "collector");
  for (let at = 0; at < MAX_KEYS_PER_ACCOUNT; at++)
    expect((await client.post("/api/keys", { name: `k${at}` })).status).toBe(201);
  expect(codeOf(await client.post("/api/keys", { name: "one more" }))).toEqual([409, "tooManyKeys"]);
  const [{ id }] = (await client.get("/api/keys")).body.items;
  await client.delete(`/api/keys/${id}`);
  expect((await client.post("/api/keys", { name: "one more" })).status).toBe(201);
});

test.each([
  {},
  { name: "" },
  { name: "\u202e" },
  { name: "a\u0007" },
  { name: "n".repeat(65) },
  { name: "k", ttlSeconds: 0 },
  { name: "k", ttlSeconds: 1e12 },
])("a key cannot be made with %j", async (body) => {
  const client = new ApiClient(tracker);
  await client.post("/api/session", { name: "maker", password: PASSWORD });
  expect((await client.post("/api/keys", body)).status).toBe(400);
});
