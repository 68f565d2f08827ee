import { expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { testedTabswarm } from "./command.test-support.ts";

const installed = testedTabswarm();

test.each([
  [["tracker", "--port", "70000"], "from 0 to 65535"],
  [["tracker", "--port", "-1"], "from 0 to 65535"],
  [["tracker", "--port", "8e3"], "from 0 to 65535"],
  [["tracker", "--public-url", "example.org"], "https://share.example.org"],
  [["tracker", "--public-url", "https://example.org/path"], "without a path"],
  [["tracker", "--ice-server", "turn:host"], "turn:name:password@host:port"],
  [["tracker", "--ice-server", "turn:me:%@host"], "turn:name:password@host:port"],
  [["tracker", "--ice-server", "http://host"], "stun:host:port"],
  [["tracker", "--trusted-proxy", "proxy.example"], "172.18.0.0/16"],
  [["tracker", "--log-level", "loud"], "loud"],
  [["tracker", "--no-such-flag"], "--no-such-flag"],
  [["tracker", "more"], "too many arguments"],
  [["swarm", "file"], "unknown command"],
  [["seed", "file", "--data", "folder"], "--data goes with .torrent files"],
  [["seed", "a.torrent", "b.bin"], "Some of these are .torrent files"],
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
  [["tracker", "--help"], "docs/operation.md"],
  [["start", "--help"], "<id>.log for each peer"],
  [["--version"], packageJson.version],
])("%o prints what was asked for", async (args, message) => {
  const { code, out } = await installed.run(args);
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, " ")).toContain(message);
  expect(out).not.toMatch(/default:\s+(false|\[)/);
});
