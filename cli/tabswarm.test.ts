import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { finished, type InstalledTabswarm, installTabswarm, lineOf } from "./command.test-support.ts";

let installed: InstalledTabswarm;

beforeAll(async () => {
  installed = await installTabswarm();
}, 60_000);

afterAll(() => installed.remove());

test.each([["SIGINT"], ["SIGTERM"]] as const)(
  "the tracker says when it listens and ends cleanly on %s",
  async (signal) => {
    const child = installed.start([
      ...["tracker", "--host", "127.0.0.1", "--port", "0", "--json"],
      ...["--log-level", "silent"],
    ]);
    const end = finished(child);
    const line = JSON.parse(await lineOf(child, /listening/));
    expect(line).toEqual({
      type: "listening",
      port: expect.any(Number),
      urls: [expect.stringMatching(/^http:\/\/localhost:\d+\/$/)],
      pageUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    });
    const { pageUrl } = line as { pageUrl: string };
    expect(await (await fetch(pageUrl)).text()).toContain("<title>Page</title>");
    child.kill(signal);
    expect(await end).toMatchObject({ code: 0, err: "" });
  },
);

test("people get every address, and a QR code for the one on the LAN", async () => {
  const child = installed.start([...["tracker", "--port", "0", "--public-url", "https://share.example.org"]]);
  const end = finished(child);
  await lineOf(child, /Ctrl-C/);
  child.kill();
  const { out } = await end;
  expect(out).toMatch(/http:\/\/localhost:\d+\//);
  expect(out).toContain("https://share.example.org/");
  const lan = /Scan it .*: (http:\S+)/.exec(out)?.[1];
  if (lan !== undefined) expect(out).toMatch(/█|▄/);
});

test("flags reach the tracker", async () => {
  const data = join(installed.folder, "data");
  const logs = join(installed.folder, "logs");
  const child = installed.start([
    ...["tracker", "--host", "127.0.0.1", "--port", "0", "--json", "--no-stun"],
    ...["--public-url", "http://box:8000", "--data", data, "--log-dir", logs],
    ...["--ice-server", "stun:one.example.org:3478", "--ice-server", "turn:me:p%40ss@two.example.org"],
  ]);
  const end = finished(child);
  const { port } = JSON.parse(await lineOf(child, /listening/));
  const config = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json();
  child.kill();
  expect((await end).code).toBe(0);
  expect(config).toMatchObject({
    pageUrl: "http://box:8000/",
    trackers: ["ws://box:8000/", "http://box:8000/announce"],
    iceServers: [
      { urls: "stun:one.example.org:3478" },
      { urls: "turn:two.example.org", username: "me", credential: "p@ss" },
    ],
  });
  expect(existsSync(join(data, "tracker-id"))).toBe(true);
  const log = (await readFile(join(logs, "tracker.log"), "utf8")).trim().split("\n");
  expect(log.map((line) => JSON.parse(line).msg)).toEqual(["tracker listens", "tracker stops"]);
});

test("a busy port is a failure with a sentence, as text and as JSON", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const flags = ["tracker", "--host", "127.0.0.1", "--port", port];
  expect(await installed.run(flags)).toEqual({
    code: 1,
    out: "",
    err: `tabswarm: Port ${port} is in use. Stop the program that uses it, or pass another --port.\n`,
  });
  const { code, out } = await installed.run([...flags, "--json"]);
  server.close();
  expect([code, JSON.parse(out)]).toEqual([
    1,
    {
      type: "error",
      message: `Port ${port} is in use. Stop the program that uses it, or pass another --port.`,
    },
  ]);
});

test.each([
  [["tracker", "--port", "70000"], "from 0 to 65535"],
  [["tracker", "--port", "-1"], "from 0 to 65535"],
  [["tracker", "--port", "8e3"], "from 0 to 65535"],
  [["tracker", "--public-url", "example.org"], "https://share.example.org"],
  [["tracker", "--public-url", "https://example.org/path"], "without a path"],
  [["tracker", "--ice-server", "turn:host"], "turn:name:password@host:port"],
  [["tracker", "--ice-server", "turn:me:%@host"], "turn:name:password@host:port"],
  [["tracker", "--ice-server", "http://host"], "stun:host:port"],
  [["tracker", "--log-level", "loud"], "loud"],
  [["tracker", "--accounts"], "--accounts"],
  [["tracker", "more"], "too many arguments"],
  [["swarm", "file"], "unknown command"],
  [["seed", "file", "--data", "folder"], "--data goes with one .torrent file"],
  [["download", "file", "--no-rtc", "--no-tcp"], "Leave out --no-rtc or --no-tcp"],
  [["download", "file", "--select", ""], "'*.mp4'"],
  [["download"], "missing required argument"],
  [["start"], "--config"],
  [["peers", "file", "--limit", "0"], "from 1 to 50"],
  [[], "Usage: tabswarm"],
] as const)("%o is wrong usage, and the message says why", async (args, message) => {
  const { code, out, err } = await installed.run(args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(message);
});

test.each([
  [["--help"], "Usage: tabswarm"],
  [["tracker", "--help"], "--no-stun"],
  [["start", "--help"], "<id>.log for each peer"],
  [["--version"], packageJson.version],
])("%o is answered", async (args, message) => {
  const { code, out } = await installed.run(args);
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, " ")).toContain(message);
  expect(out).not.toMatch(/default:\s+(false|\[)/);
});
