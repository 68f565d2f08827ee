import { afterEach, beforeEach, expect, test } from "vitest";
import { type AccountParts, openAccounts } from "../accounts/open-accounts.ts";
import type { UnixMillis } from "../core/record-store.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { Origins } from "./origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";
import type { SocketClient } from "./socket-client.ts";
import { SocketGate } from "./socket-gate.ts";

let time: number;
let parts: AccountParts;
let gate: SocketGate;
let ended: (readonly [client: SocketClient, reason: string])[];

beforeEach(async () => {
  time = Date.UTC(2026, 0, 1);
  ended = [];
  parts = await openAccounts({
    store: new MemoryRecordStore(),
    now: () => time as UnixMillis,
    failed: (error) => expect.fail(String(error)),
  });
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({ publicUrl: undefined, allowedOrigins: [], proxies });
  gate = new SocketGate({ ...parts, origins, proxies, recheckMillis: 5 });
  gate.onEnd((client, reason) => {
    gate.leave(client);
    ended.push([client, reason]);
  });
});
afterEach(() => {
  gate.close();
  parts.close();
});

/** A client that only stands for itself. */
const testClient = () => ({}) as SocketClient;

async function enter(headers: object, url = "/"): Promise<SocketClient> {
  const socket = { remoteAddress: "192.0.2.1" };
  const decision = await gate.decide({ headers, url, socket } as never);
  const client = testClient();
  expect(decision && gate.enter(client, decision)).toBeUndefined();
  return client;
}

test("sockets end when their key or session has expired, and not before", async () => {
  const account = await parts.accounts.register(
    { name: "anna", password: "correct horse" },
    undefined,
    undefined,
  );
  const short = await parts.keys.make(account.id, "short", 60_000);
  const long = await parts.keys.make(account.id, "long", undefined);
  const token = await parts.sessions.open(account.id);
  const [first, second] = [
    await enter({}, `/announce/${short.key}`),
    await enter({}, `/announce/${short.key}`),
  ];
  await enter({}, `/announce/${long.key}`);
  const browser = await enter({ cookie: `tabswarm-session=${token}` });
  time += 60_000;
  await expect.poll(() => ended.map(([client]) => client)).toEqual([first, second]);
  expect(ended[0]?.[1]).toBe("your log-in or key has expired");

  await parts.sessions.end(
    (await parts.sessions.find(token))?.session ?? expect.fail("the session has ended"),
  );
  expect(ended.map(([client]) => client)).toEqual([first, second, browser]);
});
