import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { TURN_CREDENTIAL_SECONDS } from "../limits.ts";
import type { PublicConfig } from "./config.ts";
import { withTurn } from "./turn.ts";

const TURN = { urls: ["turn:a.example:3478", "turns:a.example:5349"], secret: "a secret of enough letters" };
const STUN = { urls: "stun:b.example" };
const CONFIG: PublicConfig = {
  pageUrl: "http://a/",
  trackers: [],
  trackerId: "",
  iceServers: [STUN],
  accounts: false,
  trust: false,
};

test("a name says when it expires, and its password proves that the tracker has made it", () => {
  const { iceServers, iceLifetimeSeconds } = withTurn(CONFIG, TURN, 1_800_000_000_500);
  expect(iceLifetimeSeconds).toBe(TURN_CREDENTIAL_SECONDS);
  const username = iceServers[1]?.username ?? "";
  expect(username).toMatch(new RegExp(`^${1_800_000_000 + TURN_CREDENTIAL_SECONDS}:[0-9a-f]{12}$`));
  const credential = createHmac("sha1", TURN.secret).update(username).digest("base64");
  expect(iceServers).toEqual([STUN, ...TURN.urls.map((urls) => ({ urls, username, credential }))]);
});

test("each client gets a name of its own", () => {
  const nameOf = ({ iceServers }: PublicConfig): unknown => iceServers[1]?.username;
  expect(nameOf(withTurn(CONFIG, TURN, 0))).not.toBe(nameOf(withTurn(CONFIG, TURN, 0)));
});
