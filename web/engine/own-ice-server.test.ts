import { expect, test } from "vitest";
import { iceProblem, withOwnServers } from "./own-ice-server.ts";

const server = (url: string, username = "", password = "") => ({ url, username, password });

test.each(["stun:a.example", "stuns:10.0.0.1:443", "stun:[::1]:3478"])("%s needs no password", (url) => {
  expect(iceProblem(server(url))).toBeUndefined();
});

test.each(["turn:a.example", "turns:a.example:443?transport=tcp", "TURN:[2001:db8::1]"])(
  "%s needs a user name and a password",
  (url) => {
    expect(iceProblem(server(url))).toBe("password");
    expect(iceProblem(server(url, "lan"))).toBe("password");
    expect(iceProblem(server(url, "lan", "x".repeat(300)))).toBe("password");
    expect(iceProblem(server(url, "lan", "secret"))).toBeUndefined();
  },
);

test.each([
  "",
  "a.example",
  "http://a.example",
  "stun:",
  "stun://a.example",
  "stun:a b",
  "stun:a.example:0",
  "stun:a.example:70000",
  "stun:a.example?transport=udp",
  "turn:a.example?transport=sctp",
  `stun:${"a".repeat(300)}`,
])("%j is no address of a server", (url) => {
  expect(iceProblem(server(url, "lan", "secret"))).toBe("url");
});

test("one's own servers come first, and there are never too many", () => {
  const theirs = Array.from({ length: 10 }, (_, at) => ({ urls: [`stun:${at}.example`] }));
  expect(withOwnServers([], theirs)).toEqual(theirs);
  const own = [server("turn:a.example", "lan", "secret"), server("stun:b.example", "lan")];
  const all = withOwnServers(own, theirs);
  expect(all).toHaveLength(10);
  expect(all.slice(0, 3)).toEqual([
    { urls: ["turn:a.example"], username: "lan", credential: "secret" },
    { urls: ["stun:b.example"] },
    theirs[0],
  ]);
});
