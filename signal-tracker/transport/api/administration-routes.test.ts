import { afterEach, expect, test } from "vitest";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
  PASSWORD,
  register,
} from "../../accounts/accounts.test-support.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const open = () => openAccountTracker((cleanUp) => cleanUps.push(cleanUp));

async function withAdmin(): Promise<{ readonly tracker: AccountTracker; readonly admin: ApiClient }> {
  const tracker = await open();
  return { tracker, admin: await register(tracker, "root", tracker.code) };
}

test("the one-time code makes one administrator, and no name does", async () => {
  const tracker = await open();
  expect(tracker.code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
  const nobody = await register(tracker, "admin");
  expect((await nobody.get("/api/me")).body.isAdmin).toBe(false);
  expect(codeOf(await nobody.get("/api/accounts"))).toEqual([403, "notAllowed"]);
  expect(codeOf(await nobody.patch("/api/me", { adminCode: "aaaa-aaaa-aaaa-aaaa" }))).toEqual([
    403,
    "adminCodeWrong",
  ]);
  const promoted = await nobody.patch("/api/me", {
    adminCode: tracker.code.toUpperCase().replaceAll("-", " "),
  });
  expect(promoted.body.isAdmin).toBe(true);
  const late = await register(tracker, "late");
  expect(codeOf(await late.patch("/api/me", { adminCode: tracker.code }))).toEqual([403, "adminCodeWrong"]);
});

test("nobody but administrators reads or changes accounts and settings", async () => {
  const { tracker } = await withAdmin();
  const somebody = await register(tracker, "somebody");
  for (const [client, refusal] of [
    [somebody, [403, "notAllowed"]],
    [new ApiClient(tracker), [401, "notLoggedIn"]],
  ] as const) {
    expect(codeOf(await client.get("/api/accounts"))).toEqual(refusal);
    expect(codeOf(await client.patch("/api/accounts/root", { isBanned: true }))).toEqual(refusal);
    expect(codeOf(await client.delete("/api/accounts/root"))).toEqual(refusal);
    expect(codeOf(await client.get("/api/settings"))).toEqual(refusal);
    expect(codeOf(await client.patch("/api/settings", { isRegistrationOpen: false }))).toEqual(refusal);
  }
});

test("an administrator bans somebody, whose sessions and keys stop working, and lifts the ban", async () => {
  const { tracker, admin } = await withAdmin();
  const client = await register(tracker, "Bàn");
  const { key } = (await client.post("/api/keys", { name: "k" })).body;
  const path = `/api/accounts/${encodeURIComponent("bàn")}`;
  expect(codeOf(await admin.patch(path, { banned: true }))).toEqual([400, "malformedRequest"]);
  expect((await admin.patch(path, { isBanned: true })).body).toEqual({
    name: "Bàn",
    isAdmin: false,
    createdAt: expect.any(String),
    bannedAt: expect.any(String),
  });
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  const program = new ApiClient(tracker);
  program.headers.authorization = `Bearer ${key}`;
  expect(codeOf(await program.get("/api/me"))).toEqual([401, "keyNotValid"]);
  expect(codeOf(await client.post("/api/session", { name: "bàn", password: "wrong password" }))).toEqual([
    401,
    "wrongNameOrPassword",
  ]);
  expect(codeOf(await client.post("/api/session", { name: "bàn", password: PASSWORD }))).toEqual([
    403,
    "accountBanned",
  ]);
  expect((await admin.patch(path, { isBanned: false })).body.bannedAt).toBeUndefined();
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  expect((await client.post("/api/session", { name: "bàn", password: PASSWORD })).status).toBe(200);
  expect((await program.get("/api/me")).status).toBe(200);
});

test("the last administrator cannot go, be banned or give up the rights", async () => {
  const { tracker, admin } = await withAdmin();
  await register(tracker, "second");
  const refusal = [409, "lastAdministrator"];
  expect(codeOf(await admin.delete("/api/me", { password: PASSWORD }))).toEqual(refusal);
  expect(codeOf(await admin.patch("/api/accounts/root", { isAdmin: false }))).toEqual(refusal);
  expect(codeOf(await admin.patch("/api/accounts/root", { isBanned: true }))).toEqual(refusal);
  expect(codeOf(await admin.delete("/api/accounts/root"))).toEqual(refusal);
  expect((await admin.patch("/api/accounts/second", { isAdmin: true })).body.isAdmin).toBe(true);
  expect((await admin.delete("/api/me", { password: PASSWORD })).status).toBe(204);
});

test("an administrator removes an account, whose name is free again", async () => {
  const { tracker, admin } = await withAdmin();
  const client = await register(tracker, "removed");
  expect((await admin.delete("/api/accounts/removed")).status).toBe(204);
  expect(codeOf(await client.get("/api/me"))).toEqual([401, "notLoggedIn"]);
  expect(codeOf(await admin.delete("/api/accounts/removed"))).toEqual([404, "noSuchAccount"]);
  await register(tracker, "removed");
});

test("the accounts are listed by name, in parts", async () => {
  const { tracker, admin } = await withAdmin();
  for (const name of ["Ada", "zoe", "Bob"]) await register(tracker, name);
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await admin.get(
      `/api/accounts?limit=2${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    names.push(...body.items.map(({ name }: { name: string }) => name));
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  expect(names).toEqual(["Ada", "Bob", "root", "zoe"]);
});

test("while registration is closed, nobody registers, and the page can say so", async () => {
  const { tracker, admin } = await withAdmin();
  const guest = new ApiClient(tracker);
  expect((await guest.get("/config.json")).body).toMatchObject({ accounts: true, isRegistrationOpen: true });
  expect((await admin.patch("/api/settings", { isRegistrationOpen: false })).body).toEqual({
    isRegistrationOpen: false,
  });
  expect((await guest.get("/config.json")).body).toMatchObject({ accounts: true, isRegistrationOpen: false });
  expect(codeOf(await guest.post("/api/accounts", { name: "guest", password: PASSWORD }))).toEqual([
    403,
    "registrationClosed",
  ]);
  expect((await guest.post("/api/session", { name: "root", password: PASSWORD })).status).toBe(200);
});

test("a wrong one-time code cannot be tried for ever", async () => {
  const tracker = await open();
  const client = await register(tracker, "guesser");
  client.headers["x-forwarded-for"] = "192.0.2.4";
  for (let at = 0; at < 10; at++)
    expect((await client.patch("/api/me", { adminCode: "aaaa-aaaa-aaaa-aaaa" })).status).toBe(403);
  expect(codeOf(await client.patch("/api/me", { adminCode: tracker.code }))).toEqual([429, "tooOften"]);
});
