import { createHmac } from "node:crypto";
import { pino } from "pino";
import { expect, test } from "vitest";
import { TURN_CREDENTIAL_SECONDS } from "../limits/operation.ts";
import { type RunningTracker, startTracker } from "../main.ts";
import type { PublicConfig } from "./config.ts";
import { withTurn } from "./turn.ts";

const TURN = { urls: ["turn:a.example:3478", "turns:a.example:5349"], secret: "a secret of enough letters" };
const STUN = { urls: "stun:b.example" };
const CONFIG: PublicConfig = {
  pageUrl: "http://a/",
  trackers: [],
  nodes: [],
  trackerId: "",
  iceServers: [STUN],
  accounts: false,
  catalog: false,
  nearby: false,
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

test("where there are accounts, only people who are logged in get a password", async () => {
  const log = pino({ level: "silent" });
  const options = { host: "127.0.0.1", port: 0, stun: false, log, turn: TURN };
  const [open, closed] = [await startTracker(options), await startTracker({ ...options, accounts: true })];
  const serversFor = async ({ port }: RunningTracker, cookie = ""): Promise<unknown[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/config.json`, { headers: { cookie } });
    return (await answer.json()).iceServers;
  };
  expect(await serversFor(open)).toHaveLength(TURN.urls.length);
  expect(await serversFor(closed)).toEqual([]);
  expect(await serversFor(closed, "session=made-up")).toEqual([]);
  const post = (path: string) =>
    fetch(`http://127.0.0.1:${closed.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "ann", password: "a password of ann" }),
    });
  await post("/api/accounts");
  const session = (await post("/api/session")).headers.get("set-cookie")?.split(";")[0];
  expect(await serversFor(closed, session)).toHaveLength(TURN.urls.length);
  await Promise.all([open.close(), closed.close()]);
});

test("each client gets a name of its own", () => {
  const nameOf = ({ iceServers }: PublicConfig): unknown => iceServers[1]?.username;
  expect(nameOf(withTurn(CONFIG, TURN, 0))).not.toBe(nameOf(withTurn(CONFIG, TURN, 0)));
});
