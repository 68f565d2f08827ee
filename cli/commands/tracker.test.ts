import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import qrcode from "qrcode";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { isMissing } from "../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis } from "../../e2e/redis.ts";
import { isSqliteMissing } from "../../e2e/sqlite.ts";
import { finished, jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

const installed = testedTabswarm();

const LOCAL = ["tracker", "--host", "127.0.0.1", "--port", "0", "--json"];

/** Starts a tracker on loopback until the test has ended. */
function startTracker(...flags: readonly string[]): ChildProcessWithoutNullStreams {
  const child = installed.start([...LOCAL, ...flags]);
  return child;
}

/** Its line of type `listening`. */
async function listening(child: ChildProcessWithoutNullStreams): Promise<Record<string, unknown>> {
  return JSON.parse(await lineOf(child, /listening/));
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "the tracker says when it listens and ends cleanly on %s",
  async (signal) => {
    const child = startTracker("--log-level", "silent");
    const end = finished(child);
    const line = await listening(child);
    expect(line).toEqual({
      type: "listening",
      port: expect.any(Number),
      urls: [expect.stringMatching(/^http:\/\/localhost:\d+\/$/)],
      pageUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    });
    expect(await (await fetch(String(line["pageUrl"]))).text()).toContain("<title>Page</title>");
    child.kill(signal);
    expect(await end).toMatchObject({ code: 0, err: "" });
  },
);

/** The text that a tracker with these flags prints for people, to its end. */
async function printed(...flags: readonly string[]): Promise<string> {
  const child = installed.start(["tracker", "--port", "0", ...flags]);
  const end = finished(child);
  await lineOf(child, /Ctrl-C/);
  child.kill();
  return (await end).out;
}

test.skipIf(isMissing(findRedis(), NO_REDIS))(
  "what ends with the process is named, but not what Redis keeps",
  async () => {
    const redis = await startRedis();
    try {
      const [alone, node] = await Promise.all([printed(), printed("--redis", redis.url)]);
      expect(alone).toContain("Without --data, published torrents end with this process.");
      expect(node).not.toContain("end with this process");
    } finally {
      await redis.close();
    }
  },
);

test("people get every address, and a QR code for the one on the LAN", async () => {
  const out = await printed();
  expect(out).toMatch(/http:\/\/localhost:\d+\//);
  const lan = /Scan it .*: (http:\S+)/.exec(out)?.[1];
  if (lan !== undefined) expect(out).toMatch(/█|▄/);
});

test("with a public URL, the QR code and the sentence below it are for that one", async () => {
  const publicUrl = "https://share.example.org/";
  const out = await printed("--public-url", "https://share.example.org");
  expect(out).toContain(await qrcode.toString(publicUrl, { type: "terminal", small: true }));
  expect(out).toContain(`Scan it with a phone: ${publicUrl}\n`);
  expect(out.match(/█/)).not.toBeNull();
});

test.skipIf(isSqliteMissing())("flags reach the tracker", async () => {
  const data = join(installed.folder, "data");
  const logs = join(installed.folder, "logs");
  const child = startTracker(
    ...["--no-stun", "--public-url", "http://box:8000", "--data", data, "--log-dir", logs],
    ...["--trusted-proxy", "192.0.2.1", "--trusted-proxy", "192.0.2.128/25"],
    ...["--ice-server", "stun:one.example.org:3478", "--ice-server", "turn:me:p%40ss@two.example.org"],
  );
  const end = finished(child);
  const { port } = await listening(child);
  const config = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json();
  const announce = (peer: number) =>
    `http://127.0.0.1:${port}/announce?info_hash=${"%11".repeat(20)}&peer_id=-XX0001-00000000000${peer}&port=700${peer}&compact=0`;
  const headers = { "x-forwarded-for": "198.51.100.1" }; // Ignored: the flag replaces the default proxies.
  await fetch(announce(1), { headers });
  const peers = await (await fetch(announce(2))).text();
  child.kill();
  expect((await end).code).toBe(0);
  expect(peers).toContain("2:ip9:127.0.0.1");
  expect(config).toMatchObject({
    pageUrl: "http://box:8000/",
    trackers: ["ws://box:8000/", "http://box:8000/announce"],
    iceServers: [
      { urls: "stun:one.example.org:3478" },
      { urls: "turn:two.example.org", username: "me", credential: "p@ss" },
    ],
  });
  expect(existsSync(join(data, "tracker-id"))).toBe(true);
  const log = jsonLines(await readFile(join(logs, "tracker.log"), "utf8"));
  expect(log).toMatchObject([{ msg: "tracker listens" }, { msg: "tracker stops" }]);
});

test("on SIGTERM the tracker drains, and a second signal ends it at once", async () => {
  const child = startTracker("--log-level", "silent");
  const end = once(child, "exit");
  const { port } = await listening(child);
  const sockets = Array.from({ length: 400 }, () => new WebSocket(`ws://127.0.0.1:${port}`));
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  const closes = sockets.map((socket) => once(socket, "close"));
  child.kill();
  const [code, reason] = await Promise.race(closes);
  expect([code, String(reason)]).toEqual([1001, "the tracker is stopping"]);
  expect(sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length).toBeGreaterThan(0);
  const readyz = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([readyz.status, await readyz.json()]).toEqual([503, { status: "draining" }]);
  child.kill();
  expect(await end).toEqual([null, "SIGTERM"]);
  await Promise.all(closes);
});

test.skipIf(isSqliteMissing())("swarms outlive a restart, also after kill -9", async () => {
  const data = join(installed.folder, "swarms");
  let port: unknown;
  let child: ChildProcessWithoutNullStreams | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = child && once(child, "exit");
    child?.kill(signal);
    await ended;
  };
  const restart = async (): Promise<void> => {
    child = startTracker("--log-level", "silent", "--data", data);
    ({ port } = await listening(child));
  };
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}info_hash=${"%ab".repeat(20)}`)).text();
  const announce = (peer: number, more: string): Promise<string> =>
    ask(`/announce?peer_id=-XX0001-00000000000${peer}&port=${peer}&${more}&`);
  await restart();
  await announce(1, "event=completed&left=0");
  await announce(2, "left=5");
  await end("SIGTERM");
  await restart();
  expect(await ask("/scrape?")).toContain("8:completei1e10:downloadedi1e10:incompletei1e");
  const peers = (await announce(3, "left=5")).replace(/^.*5:peers/s, "");
  for (const port of ["\0\x01", "\0\x02"]) expect(peers).toContain(`\x7f\0\0\x01${port}`);
  await end("SIGKILL");
  await writeFile(join(data, "swarms.new"), "tabswarm-swarms 1\nmember abc"); // Killed while writing.
  await restart();
  expect(await ask("/scrape?")).toContain("8:completei1e10:downloadedi1e10:incompletei1e");
  expect((await readdir(data)).filter((name) => name.startsWith("swarms.b"))).toEqual([]);
});

test("settings come from flags, the environment and a file; a wrong one is wrong usage", async () => {
  const config = join(installed.folder, "tracker.json");
  await writeFile(config, JSON.stringify({ publicUrl: "http://box:8000", logDir: "logs-of-file" }));
  const env = { ...process.env, TABSWARM_CONFIG: config, TABSWARM_PUBLIC: "typo", TABSWARM_STUN: "false" };
  const child = installed.start(LOCAL, { env });
  const end = finished(child);
  expect(await listening(child)).toMatchObject({ pageUrl: "http://box:8000/" });
  child.kill();
  expect((await end).code).toBe(0);
  const log = jsonLines(await readFile(join(installed.folder, "logs-of-file", "tracker.log"), "utf8"));
  expect(log).toMatchObject([{ level: 40, msg: expect.stringContaining("TABSWARM_PUBLIC ") }, {}, {}]);

  await writeFile(config, '{ "prot": 1 }');
  expect(await installed.run([...LOCAL, "--config", config])).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining(
      `In ${config}, \`prot\`: there is no such setting. The nearest is \`port\`.`,
    ),
  });
});

test.each([
  [["--https"], "--https needs --data"],
  [["--cert", "x.crt"], "--cert and --key need each other"],
  [["--https", "--data", "d", "--port", "8443"], "--https-port and --port must be two ports"],
])("flags for https that do not fit are wrong usage: %s", async (flags, sentence) => {
  const { code, err } = await installed.run(["tracker", ...flags]);
  expect(code).toBe(2);
  expect(err).toContain(sentence);
});

test.skipIf(isSqliteMissing())(
  "with https, people get every address, where to trust it and the fingerprint to compare",
  async () => {
    const data = join(installed.folder, "https");
    const out = await printed("--host", "127.0.0.1", "--https", "--https-port", "0", "--data", data);
    expect(out).toMatch(/listens on ports \d+ and \d+/);
    expect(out).toMatch(/ https:\/\/localhost:\d+\//);
    expect(out).toMatch(/http:\/\/localhost:\d+\/trust says how/);
    expect(out).toMatch(/fingerprint: ([0-9A-F]{2}:){31}[0-9A-F]{2}\n/);
  },
);

test("no password, session, key or token gets into the log, however much is logged", async () => {
  const logs = join(installed.folder, "secret-logs");
  const token = "metrics-token-1234";
  const flags = ["--accounts", "--log-level", "trace", "--log-dir", logs];
  const child = startTracker(...flags, "--metrics-token", token);
  const end = finished(child);
  const { port } = await listening(child);
  const root = `http://127.0.0.1:${port}`;
  const body = JSON.stringify({ name: "anna", password: "correct horse battery" });
  const json = { "content-type": "application/json" };
  const registered = await fetch(`${root}/api/accounts`, { method: "POST", headers: json, body });
  const cookie = String(registered.headers.get("set-cookie")).split(";")[0] ?? "";
  expect([registered.status, cookie]).toEqual([201, expect.stringContaining("=")]);
  const named = { method: "POST", headers: { ...json, cookie }, body: '{"name":"nas"}' };
  const { key } = await (await fetch(`${root}/api/keys`, named)).json();
  expect(key).toEqual(expect.any(String));

  const paths = [`/announce/${key}`, `/announce/${key}/x`, `/nothing/${key}`, `/api/nothing?key=${key}`];
  const headers = { cookie, authorization: `Bearer ${key}` };
  for (const path of paths) {
    await fetch(root + path, { headers });
    await fetch(root + path, { method: "POST", headers: { ...json, ...headers }, body: `{"${key}` });
    const socket = new WebSocket(`${root.replace("http", "ws")}${path}`, { headers });
    socket.on("error", () => {}); // Only one of the paths takes WebSockets.
    socket.on("open", () => socket.send(`{"action":"${key}"`));
    socket.on("message", () => socket.close());
    await new Promise((resolve) => socket.on("close", resolve));
  }
  const fromElsewhere = { "x-forwarded-for": "198.51.100.1", authorization: `Bearer ${token}` };
  expect((await fetch(`${root}/metrics`, { headers: fromElsewhere })).status).toBe(200);
  await fetch(`${root}/api/keys`, { headers: { authorization: "Bearer not-a-valid-key-1234" } });
  child.kill();
  const written = (await end).err + (await readFile(join(logs, "tracker.log"), "utf8"));
  expect(written).toContain("socket opened");
  const secrets = [key, cookie.split("=")[1] ?? "", token, "not-a-valid-key-1234", "correct horse battery"];
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
});

test("a busy port is a failure with a sentence, as text and as JSON", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const flags = ["tracker", "--host", "127.0.0.1", "--port", port];
  const message = `Port ${port} is in use. Stop the program that uses it, or pass another --port.`;
  expect(await installed.run(flags)).toEqual({ code: 1, out: "", err: `tabswarm: ${message}\n` });
  const { code, out } = await installed.run([...flags, "--json"]);
  server.close();
  expect([code, JSON.parse(out)]).toEqual([1, { type: "error", message }]);
});

/** Starts the command with a planted uncaught error at each SIGUSR2. */
function startWithBug(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const bug = 'let n = 0; process.on("SIGUSR2", () => { throw new Error("planted " + ++n); });';
  const child = spawn(process.execPath, [
    `--import=data:text/javascript,${encodeURIComponent(bug)}`,
    installed.script,
    ...args,
  ]);
  return child;
}

test("the tracker logs and counts an uncaught error, and goes on", async () => {
  const child = startWithBug(...LOCAL);
  const end = finished(child);
  const port = Number((await listening(child))["port"]);
  for (const count of [1, 2]) {
    child.kill("SIGUSR2");
    await once(child.stderr, "data"); // The log says so.
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status, `after ${count}`).toBe(200);
  }
  child.kill();
  const { code, err } = await end;
  expect(code).toBe(0);
  expect(jsonLines(err).filter((entry) => JSON.stringify(entry).includes("planted"))).toMatchObject([
    {
      level: 50,
      count: 1,
      err: { message: "planted 1", stack: expect.stringContaining("planted 1\n    at") },
    },
    { level: 50, count: 2, err: { message: "planted 2" } },
  ]);
});

test("an uncaught error ends every other command with 1 and a sentence", async () => {
  const child = startWithBug(
    "seed",
    installed.script,
    "--host",
    "127.0.0.1",
    "--no-lsd",
    "--no-rtc",
    "--json",
  );
  const end = finished(child);
  await lineOf(child, /seeding/);
  child.kill("SIGUSR2");
  const { code, out, err } = await end;
  expect(code).toBe(1);
  expect(jsonLines(out).at(-1)).toEqual({
    type: "error",
    message: "Tabswarm stopped because of a bug: planted 1. Please report it.",
  });
  expect(err).toMatch(/planted 1\n *at /);
});

/** Makes Node believe that the package is not installed. */
const WITHOUT_DATABASE = `import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(\`
  export function resolve(name, context, next) {
    if (name !== "better-sqlite3") return next(name, context);
    throw Object.assign(new Error("Cannot find package " + name), { code: "ERR_MODULE_NOT_FOUND" });
  }\`));`;

test("without the optional database a tracker runs, and with --data it says how to get it", async () => {
  const script = `data:text/javascript,${encodeURIComponent(WITHOUT_DATABASE)}`;
  const env = { ...process.env, NODE_OPTIONS: `--import ${script}` };
  const child = installed.start(LOCAL, { env });
  await listening(child);
  const { code, out } = await installed.run([...LOCAL, "--data", "Data"], { env });
  expect(code).toBe(1);
  expect(jsonLines(out).at(-1)).toEqual({
    type: "error",
    message: expect.stringContaining("npm install better-sqlite3"),
  });
});
