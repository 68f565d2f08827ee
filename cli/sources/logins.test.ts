import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerKey } from "#shared/base/tracker-key.ts";
import { forgetLogin, keepLogin, type Login, readLogins } from "./logins.ts";
import { keepSecret } from "./secrets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-logins-"));
  vi.stubEnv("XDG_CONFIG_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const url = (text: string) => text as TrackerUrl;
const keyOf = (letter: string) => parseTrackerKey(letter.repeat(32)) ?? expect.fail("no key");
function loginAt(tracker: string, letter: string, nodes: readonly string[] = []): Login {
  return { tracker: url(tracker), name: "anna", keyId: "1", key: keyOf(letter), nodes: nodes.map(url) };
}

test("a key is used at the nodes that the tracker named when somebody logged in there, and nowhere else", async () => {
  await keepLogin(loginAt("https://a.example/", "a", ["https://a.example/", "https://b.example:8443/"]));
  const logins = await readLogins();
  const keyed = (text: string) => logins.withKey(url(text));
  expect(keyed("https://b.example:8443/announce")).toBe(`https://b.example:8443/announce/${keyOf("a")}`);
  expect(keyed("wss://b.example:8443/")).toBe(`wss://b.example:8443/announce/${keyOf("a")}`);
  for (const other of ["https://b.example/announce", "http://b.example:8443/announce", "wss://c.example/"])
    expect(keyed(other)).toBe(other);
});

test("a URL that has another key, or is another path, stays as it is", async () => {
  await keepLogin(loginAt("https://a.example/", "a"));
  const logins = await readLogins();
  for (const other of [`https://a.example/announce/${keyOf("b")}`, "https://a.example/other/announce"])
    expect(logins.withKey(url(other))).toBe(other);
});

test("a key that was made over https never travels over anything weaker, whatever the tracker names", async () => {
  await keepLogin(loginAt("https://a.example/", "a", ["http://b.example/"]));
  expect((await readLogins()).withKey(url("http://b.example/announce"))).toBe("http://b.example/announce");
});

test("a tracker that names another one as its node does not take that one's key away", async () => {
  await keepLogin(loginAt("https://a.example/", "a"));
  await keepLogin(loginAt("https://b.example/", "b", ["https://a.example/"]));
  expect((await readLogins()).at(url("https://a.example/"))?.key).toBe(keyOf("a"));
});

test("nodes that have come since are known once the tracker has named them; no other tracker can", async () => {
  await keepLogin(loginAt("https://a.example/", "a", ["https://b.example/"]));
  const kept = await readLogins();
  const [c, stranger] = [url("https://c.example/"), url("https://stranger.example/")];
  const told = kept.withNodes(url("https://a.example/"), [c]).withNodes(stranger, [stranger]);
  expect(told.at(c)?.key).toBe(keyOf("a"));
  expect(told.at(stranger)).toBeUndefined();
  expect(kept.withNodes(url("https://a.example/"), []).at(url("https://b.example/"))?.key).toBe(keyOf("a"));
});

test("logging out at a node forgets the log-in, wherever it was made", async () => {
  await keepLogin(loginAt("https://a.example/", "a", ["https://b.example/"]));
  await forgetLogin((await readLogins()).at(url("https://b.example/")) ?? expect.fail("no log-in"));
  expect((await readLogins()).at(url("https://a.example/"))).toBeUndefined();
});

test("a log-in of an earlier version, and one with nodes that cannot be, are read", async () => {
  const kept = { name: "anna", keyId: "1", key: keyOf("a") };
  await keepSecret("login https://a.example/", kept);
  await keepSecret("login https://b.example/", {
    ...kept,
    nodes: ["javascript:alert(1)", 1, "https://c.example/"],
  });
  const logins = await readLogins();
  expect(logins.at(url("https://a.example/"))).toMatchObject({ nodes: [] });
  expect(logins.at(url("https://c.example/"))?.nodes).toEqual(["https://c.example/"]);
});
