import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
  PASSWORD,
  register,
} from "../../accounts/accounts.test-support.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
let tracker: AccountTracker;

beforeAll(async () => {
  tracker = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp));
});
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

test("without accounts, the routes are not there and nothing asks for anything", async () => {
  const plain = new ApiClient(
    await openAccountTracker((cleanUp) => cleanUps.push(cleanUp), { accounts: false }),
  );
  for (const path of ["/api/me", "/api/keys", "/api/accounts", "/api/settings"])
    expect(codeOf(await plain.get(path)), path).toEqual([404, "noSuchRoute"]);
  for (const path of ["/api/accounts", "/api/session"])
    expect((await plain.post(path, { name: "a", password: PASSWORD })).status, path).toBe(404);
  const { body } = await plain.get("/config.json");
  expect([body.accounts, body.isRegistrationOpen]).toEqual([false, undefined]);
});

test("somebody registers, is logged in, logs out and logs in again", async () => {
  const client = new ApiClient(tracker);
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  const registered = await client.post("/api/accounts", { name: " Ánna ", password: PASSWORD });
  const anna = { name: "Ánna", isAdmin: false, peerId: expect.stringMatching(/^2d5457[0-9a-f]{34}$/) };
  expect([registered.status, registered.body]).toEqual([201, anna]);
  expect((await client.get("/api/me")).body).toEqual(anna);
  expect((await client.delete("/api/session")).status).toBe(204);
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  const loggedIn = await client.post("/api/session", { name: "áNNA", password: PASSWORD });
  expect([loggedIn.status, loggedIn.body]).toEqual([200, anna]);
  expect((await client.get("/api/me")).status).toBe(200);
});

test("the cookie is out of reach for pages and other sites, and secure where it can be", async () => {
  const client = await register(tracker, "cookie");
  const plain = await client.post("/api/session", { name: "cookie", password: PASSWORD });
  expect(String(plain.headers["set-cookie"])).toMatch(
    /^tabswarm-session=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  client.headers["x-forwarded-proto"] = "https";
  const secure = await client.post("/api/session", { name: "cookie", password: PASSWORD });
  expect(String(secure.headers["set-cookie"])).toMatch(
    /^__Host-tabswarm-session=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect((await client.get("/api/me")).status).toBe(200);
});

test("a page in plain http cannot hand a session to the one on https", async () => {
  const client = await register(tracker, "downgraded");
  client.headers["x-forwarded-proto"] = "https";
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
});

describe("a session", () => {
  test("cannot be forged", async () => {
    const client = new ApiClient(tracker);
    for (const value of ["", "a", "A".repeat(43), "A".repeat(44), "%00", "a; tabswarm-session=b", '"x"']) {
      client.cookie = `tabswarm-session=${value}`;
      expect(codeOf(await client.get("/api/me")), value).toEqual([401, "notLoggedIn"]);
    }
  });

  test("cannot be replayed after its browser logged out", async () => {
    const client = await register(tracker, "replayed");
    const stolen = new ApiClient(tracker);
    stolen.cookie = client.cookie;
    expect((await stolen.get("/api/me")).status).toBe(200);
    await client.delete("/api/session");
    expect(codeOf(await stolen.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  });

  test("of another browser ends when the password changes; keys go on", async () => {
    const client = await register(tracker, "changer");
    const other = new ApiClient(tracker);
    await other.post("/api/session", { name: "changer", password: PASSWORD });
    const { key } = (await client.post("/api/keys", { name: "k" })).body;
    const change = { password: PASSWORD, newPassword: "battery staple" };
    expect((await client.patch("/api/me", change)).status).toBe(200);
    expect((await client.get("/api/me")).status).toBe(200);
    expect(codeOf(await other.get("/api/me"))).toEqual([401, "notLoggedIn"]);
    const program = new ApiClient(tracker);
    program.headers.authorization = `Bearer ${key}`;
    expect((await program.get("/api/me")).status).toBe(200);
    expect(codeOf(await other.post("/api/session", { name: "changer", password: PASSWORD }))).toEqual([
      401,
      "wrongNameOrPassword",
    ]);
    expect((await other.post("/api/session", { name: "changer", password: "battery staple" })).status).toBe(
      200,
    );
  });
});

test.each([
  [{ name: "x", password: "short" }, 400, "malformedPassword"],
  [{ name: "x", password: "é".repeat(600) }, 400, "malformedPassword"],
  [{ name: "x", password: "p".repeat(2_001) }, 400, "malformedRequest"],
  [{ name: "", password: PASSWORD }, 400, "malformedRequest"],
  [{ name: "  ", password: PASSWORD }, 400, "malformedName"],
  [{ name: "a".repeat(33), password: PASSWORD }, 400, "malformedName"],
  [{ name: "a\u200bb", password: PASSWORD }, 400, "malformedName"],
  [{ password: PASSWORD }, 400, "malformedRequest"],
  [{ name: "x" }, 400, "malformedRequest"],
  [[], 400, "malformedRequest"],
  ["text", 400, "malformedRequest"],
])("a registration that cannot be is refused (%#)", async (body, status, code) => {
  expect(codeOf(await new ApiClient(tracker).post("/api/accounts", body))).toEqual([status, code]);
});

test("a change of the account that names nothing to change is refused", async () => {
  const client = await register(tracker, "changeless");
  expect(codeOf(await client.patch("/api/me", { password: PASSWORD }))).toEqual([400, "malformedRequest"]);
});

test("a name that is taken in any form is refused", async () => {
  await register(tracker, "Straße");
  for (const name of ["Straße", "STRASSE", " straße ", "ＳＴＲＡＳＳＥ"])
    expect(
      codeOf(await new ApiClient(tracker).post("/api/accounts", { name, password: PASSWORD })),
      name,
    ).toEqual([409, "nameTaken"]);
});

test("an unknown name and a wrong password are answered alike", async () => {
  await register(tracker, "known");
  const client = new ApiClient(tracker);
  const wrong = await client.post("/api/session", { name: "known", password: "wrong password" });
  const unknown = await client.post("/api/session", { name: "nobody", password: "wrong password" });
  const impossible = await client.post("/api/session", { name: "a\u200bb", password: "wrong password" });
  expect(codeOf(wrong)).toEqual([401, "wrongNameOrPassword"]);
  expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  expect([impossible.status, impossible.body]).toEqual([wrong.status, wrong.body]);
});

test("trying passwords is slowed down, for that address and name only", async () => {
  await register(tracker, "victim");
  const attacker = new ApiClient(tracker, "192.0.2.1");
  const guess = { name: "victim", password: "wrong password" };
  for (let at = 0; at < 10; at++) expect((await attacker.post("/api/session", guess)).status).toBe(401);
  const refused = await attacker.post("/api/session", { name: "victim", password: PASSWORD });
  expect(codeOf(refused)).toEqual([429, "tooOften"]);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(60);
  const others = new ApiClient(tracker, "192.0.2.2");
  expect((await others.post("/api/session", { name: "victim", password: PASSWORD })).status).toBe(200);
  expect((await attacker.post("/api/session", { name: "known", password: PASSWORD })).status).toBe(200);
});

test("trying out which names are taken counts as registering", async () => {
  const client = new ApiClient(tracker, "192.0.2.3");
  const told: unknown[] = [];
  for (let at = 0; at < 61; at++)
    told.push(codeOf(await client.post("/api/accounts", { name: "known", password: PASSWORD }))[1]);
  expect(told).toEqual([...Array(60).fill("nameTaken"), "tooOften"]);
});

test("deleting an account needs the password and takes its sessions and keys along", async () => {
  const client = await register(tracker, "leaver");
  const { key } = (await client.post("/api/keys", { name: "k" })).body;
  expect(codeOf(await client.delete("/api/me", { password: "wrong password" }))).toEqual([
    403,
    "wrongPassword",
  ]);
  const { cookie } = client;
  expect((await client.delete("/api/me", { password: PASSWORD })).status).toBe(204);
  client.cookie = cookie;
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  client.headers.authorization = `Bearer ${key}`;
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "keyNotValid"]);
  await register(tracker, "leaver");
});

test("a page of another site can do nothing with the cookie", async () => {
  const client = await register(tracker, "csrf");
  client.headers.origin = "https://evil.example";
  for (const [method, path] of [
    ["DELETE", "/api/session"],
    ["POST", "/api/keys"],
    ["PATCH", "/api/me"],
    ["DELETE", "/api/me"],
    ["POST", "/api/session"],
    ["POST", "/api/accounts"],
  ] as const)
    expect(codeOf(await client.send(method, path, {})), path).toEqual([403, "foreignOrigin"]);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect((await client.send("POST", "/api/keys", undefined, form)).status).toBe(403);
  client.headers.origin = tracker.url;
  expect((await client.get("/api/me")).status).toBe(200);
  expect((await client.delete("/api/session")).status).toBe(204);
});
