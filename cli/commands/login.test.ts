import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withoutKey } from "#shared/base/tracker-key.ts";
import {
  type AccountTracker,
  ApiClient,
  openAccountTracker,
  PASSWORD,
  register,
} from "#signal-tracker/accounts/accounts.test-support.ts";
import { isSqliteMissing } from "../../e2e/sqlite.ts";
import { type Finished, finished, jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

const installed = testedTabswarm();
let tracker: AccountTracker;
let settings: string;
let browser: ApiClient;
const cleanUps: (() => void | Promise<void>)[] = [];

beforeEach(async () => {
  settings = await mkdtemp(join(tmpdir(), "tabswarm-login-"));
  cleanUps.push(() => rm(settings, { recursive: true }));
  tracker = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp));
  browser = await register(tracker, "anna");
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function start(args: readonly string[]): ChildProcessWithoutNullStreams {
  return installed.start(args, { env: { ...process.env, XDG_CONFIG_HOME: settings } });
}

/** Runs a command with a password on standard input. */
async function run(args: readonly string[], password = PASSWORD): Promise<Finished> {
  const child = start(args);
  const end = finished(child);
  child.stdin.end(`${password}\n`);
  return await end;
}

const logIn = (password?: string) =>
  run(["login", "--tracker", tracker.url, "--name", "Anna", "--password-stdin"], password);
const logOut = () => run(["logout", "--tracker", tracker.url]);
const keyNames = async () =>
  (await browser.get("/api/keys")).body.items.map(({ name }: { name: string }) => name);

test("a key that cannot be kept is revoked, and the person hears why", async () => {
  await writeFile(join(settings, "tabswarm"), "in the way");
  const { code, err } = await logIn();
  expect([code, err]).toEqual([1, expect.stringContaining(join(settings, "tabswarm"))]);
  expect(await keyNames()).toEqual([]);
});

test("login keeps a key in a file of one's own, once more replaces it, and logout revokes it", async () => {
  expect(await logIn()).toMatchObject({ code: 0, out: expect.stringContaining("as anna") });
  const [file = ""] = await readdir(join(settings, "tabswarm"));
  const { mode } = await stat(join(settings, "tabswarm", file));
  expect(mode & 0o777).toBe(0o600);
  expect((await stat(join(settings, "tabswarm"))).mode & 0o777).toBe(0o700);
  const text = await readFile(join(settings, "tabswarm", file), "utf8");
  expect(text).not.toContain(PASSWORD);
  const { key } = JSON.parse(text);
  const program = new ApiClient(tracker);
  program.headers.authorization = `Bearer ${key}`;
  expect((await program.get("/api/me")).body.name).toBe("anna");

  await logIn(); // Replaces the key.
  expect((await program.get("/api/me")).status).toBe(401);
  expect(await keyNames()).toEqual([expect.stringMatching(/^tabswarm on ./)]);

  expect(await logOut()).toMatchObject({ code: 0 });
  expect(await keyNames()).toEqual([]);
  expect(await readdir(join(settings, "tabswarm"))).toEqual([]);
  expect(await logOut()).toMatchObject({ code: 1, err: expect.stringContaining("not logged in") });
});

test.skipIf(process.platform !== "linux")(
  "at a terminal, the name and the password are asked for, and only the name shows",
  async () => {
    const command = [process.execPath, installed.script, "login", "--tracker", tracker.url];
    const env = { ...process.env, XDG_CONFIG_HOME: settings };
    const terminal = spawn("script", ["--quiet", "--return", "--command", command.join(" "), "/dev/null"], {
      env,
    });
    const end = finished(terminal);
    await lineOf(terminal, /Your name at .*: /);
    terminal.stdin.write("Anna\r");
    await lineOf(terminal, /Password: /);
    terminal.stdin.write(`${PASSWORD}\r`);
    const { code, out } = await end;
    expect(code).toBe(0);
    expect(stripVTControlCharacters(out)).toMatch(/: Anna\s+Password: \s+Logged in at .* as anna\./);
    expect(out).not.toContain(PASSWORD);
  },
);

test("a wrong password, a tracker without accounts and one that does not answer are told apart", async () => {
  expect(await logIn("wrong password")).toMatchObject({
    code: 1,
    err: expect.stringContaining("The name or the password is wrong."),
  });
  const plain = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp), { accounts: false });
  const at = (url: string) => run(["login", "--tracker", url, "--name", "a", "--password-stdin"]);
  expect(await at(plain.url)).toMatchObject({ code: 1, err: expect.stringContaining("has no accounts") });
  await plain.close();
  expect(await at(plain.url)).toMatchObject({
    code: 1,
    err: expect.stringContaining("nothing listens there"),
  });
  expect(await at("ws://a/announce")).toMatchObject({ code: 2 });
  expect(await run(["login", "--tracker", plain.url])).toMatchObject({
    code: 1,
    err: expect.stringContaining("--password-stdin"),
  });
});

test("a key that cannot be revoked is forgotten all the same, with a warning", async () => {
  await logIn();
  await tracker.close();
  expect(await logOut()).toMatchObject({ code: 0, err: expect.stringContaining("could not be revoked") });
  expect(await readdir(join(settings, "tabswarm"))).toEqual([]);
});

test("whoever is logged in announces with the key, and neither links nor status lines nor logs name it", async () => {
  const file = join(settings, "file.bin");
  await writeFile(file, "some bytes");
  await logIn();
  const guestEnv = { ...process.env, XDG_CONFIG_HOME: join(settings, "guest") };
  const guest = installed.start(["seed", file, "--tracker", tracker.url, "--json"], { env: guestEnv });
  const seeder = start(["seed", file, "--tracker", tracker.url, "--json", "--log-dir", settings]);
  const [guestEnd, end] = [finished(guest), finished(seeder)];
  const [refusal] = await Promise.all([lineOf(guest, /"refused"/), lineOf(seeder, /"working".*"working"/)]);
  for (const child of [guest, seeder]) child.kill();
  expect(refusal).toContain("for people with an account");
  expect((await guestEnd).out).toContain(`tabswarm login --tracker ${tracker.url}/`);
  const { out, err } = await end;
  const log = await readFile(join(settings, "seed.log"), "utf8");
  const [secrets = ""] = await readdir(join(settings, "tabswarm"));
  const { key } = JSON.parse(await readFile(join(settings, "tabswarm", secrets), "utf8"));
  expect(log).toContain(`${withoutKey(`${tracker.url}/announce` as never)}`);
  for (const text of [out, err, log]) expect(text).not.toContain(key);
  expect(jsonLines(out)).toContainEqual(
    expect.objectContaining({ type: "seeding", magnet: expect.any(String) }),
  );
});

test("whoever is logged in publishes in their name while seeding, searches and unpublishes; a guest is told to log in", async () => {
  const file = join(settings, "film.bin");
  await writeFile(file, "some bytes");
  const seed = ["seed", file, "--tracker", tracker.url, "--no-rtc", "--port", "0", "--json"];
  const publish = [...seed, "--publish", "--description", "Photos of Huế"];
  const guestEnv = { ...process.env, XDG_CONFIG_HOME: join(settings, "guest") };
  const guest = installed.start(publish, { env: guestEnv });
  const guestEnd = finished(guest);
  await lineOf(guest, /"warning".*not published/);
  guest.kill();
  expect((await guestEnd).out).toContain(`tabswarm login --tracker ${tracker.url}`);

  await logIn();
  const seeder = start(publish);
  const end = finished(seeder);
  const { infoHash } = JSON.parse(await lineOf(seeder, /"published"/));
  seeder.kill();
  await end;
  const found = jsonLines((await run(["search", "hue", "--tracker", tracker.url, "--json"])).out);
  expect(found).toMatchObject([{ infoHash, name: "film.bin", publishedBy: "anna" }]);
  expect(await run(["unpublish", infoHash, "--tracker", tracker.url])).toMatchObject({ code: 0 });
  expect((await browser.get("/api/torrents")).body.items).toEqual([]);
});

test.skipIf(isSqliteMissing())(
  "an account that the tracker has answered for outlives a kill with -9",
  async () => {
    const data = join(settings, "data");
    const run = async (): Promise<{
      readonly child: ChildProcessWithoutNullStreams;
      readonly url: string;
    }> => {
      const child = start([
        "tracker",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--accounts",
        "--data",
        data,
        "--json",
      ]);
      cleanUps.push(() => void child.kill("SIGKILL"));
      const { port } = JSON.parse(await lineOf(child, /listening/));
      return { child, url: `http://127.0.0.1:${port}` };
    };
    for (let round = 0; round < 3; round++) {
      const { child, url } = await run();
      for (const before of Array(round).keys()) {
        const client = new ApiClient({ url });
        const told = await client.post("/api/session", { name: `user ${before}`, password: PASSWORD });
        expect(told.status, `user ${before} in round ${round}`).toBe(200);
      }
      const client = await register({ url }, `user ${round}`);
      expect((await client.post("/api/keys", { name: "k" })).status).toBe(201);
      child.kill("SIGKILL");
      await finished(child);
    }
  },
);
