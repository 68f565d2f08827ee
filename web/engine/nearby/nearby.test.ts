// @vitest-environment happy-dom
import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  encodeNearby,
  type NearbyMessage,
  type NearbyRequest,
  type PersonId,
  parseNearbyRequest,
  type RoomCode,
} from "#shared/announce/nearby.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { openSettings } from "../settings.ts";
import { PageNearby } from "./nearby.ts";

const CODE = "ABCD1234" as RoomCode;
const ME = "00000000000000ff" as PersonId;
const share = { infoHash: "a".repeat(40) as InfoHash, name: "photo.jpg", bytes: 1_000, fileCount: 1 };

/** The tracker's side of a connection. */
class Connection {
  static readonly OPEN = 1;
  static all: Connection[] = [];
  readonly asked: NearbyRequest[] = [];
  readyState = 0;
  onopen = () => {};
  onclose = () => {};
  onmessage = (_: { data: string }) => {};

  constructor() {
    Connection.all.push(this);
  }

  send(text: string): void {
    this.asked.push(parseNearbyRequest(text));
  }

  open(): void {
    this.readyState = Connection.OPEN;
    this.onopen();
  }

  say(...messages: readonly NearbyMessage[]): void {
    for (const message of messages) this.onmessage({ data: encodeNearby(message) });
  }

  close(): void {
    this.readyState = 3;
    this.onclose();
  }
}

const person = (name: string, at: number) => ({
  ...{ id: String(at).padStart(16, "0") as PersonId, name, kind: undefined },
});

/** A page that people on the network and in a room see. */
function openBoth() {
  const { settings } = openSettings(
    () => ({ getItem: () => '{"isNearby":true}', setItem: () => {} }),
    () => {},
  );
  const added: string[] = [];
  const nearby = new PageNearby({
    ...{
      url: "ws://tracker/nearby",
      pageUrl: "http://tracker/",
      settings: signal(settings.value),
      kind: undefined,
    },
    share: async () => share,
    accept: (_, link) => void added.push(link),
  });
  nearby.enterRoom(CODE);
  const [network, room] = Connection.all as [Connection, Connection];
  for (const one of [network, room]) one.open();
  network.say({ type: "joined", you: ME }, { type: "people", people: [person("Linh", 1)] });
  room.say(
    { type: "joined", you: ME, code: CODE, secondsLeft: 60 },
    { type: "people", people: [person("Linh", 2)] },
  );
  return { nearby, network, room, added };
}

beforeEach(() => {
  vi.useFakeTimers();
  Connection.all = [];
  vi.stubGlobal("WebSocket", Connection);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("whoever is on the network and in the room, too, is asked once about the same thing", () => {
  const { nearby, network, room, added } = openBoth();
  network.say({ type: "offer", from: person("Linh", 1).id, share });
  room.say({ type: "offer", from: person("Linh", 2).id, share });
  const [first] = nearby.view.value.offers;
  nearby.answer(first?.key as never, true);
  expect(nearby.view.value.offers).toEqual([]);
  expect(added).toHaveLength(1);
  const yes = { type: "answer", infoHash: share.infoHash, isAccepted: true };
  expect([network.asked.at(-1), room.asked.at(-1)]).toMatchObject([yes, yes]);
});

test("a no to one person is none to others who offer the same", () => {
  const { nearby, network } = openBoth();
  network.say({ type: "people", people: [person("Linh", 1), person("Mai", 3)] });
  for (const at of [1, 3]) network.say({ type: "offer", from: person("", at).id, share });
  nearby.answer(nearby.view.value.offers[0]?.key as never, false);
  expect(nearby.view.value.offers).toMatchObject([{ from: { name: "Mai" } }]);
});

test("a page whose connection was lost comes back into the same room, and no old offer waits", async () => {
  const { nearby, network, room } = openBoth();
  room.say({ type: "offer", from: person("Linh", 2).id, share });
  for (const one of [network, room]) one.close();
  expect(nearby.view.value).toMatchObject({
    people: [],
    offers: [],
    room: { state: "joining", isAgain: true },
  });
  await vi.advanceTimersByTimeAsync(1_000);
  const again = Connection.all.slice(2);
  for (const one of again) one.open();
  expect(again.flatMap(({ asked }) => asked)).toMatchObject([{ room: "network" }, { room: CODE }]);
});

test("whoever logs in is seen without a further click; a wrong code is not tried again", async () => {
  const { nearby, network, room } = openBoth();
  network.say({ type: "refused", why: "login" });
  room.say({ type: "refused", why: "wrongCode" });
  for (const one of [network, room]) one.close();
  expect(nearby.view.value).toMatchObject({ network: { why: "login" }, room: { why: "wrongCode" } });
  await vi.advanceTimersByTimeAsync(60_000);
  const [again, ...more] = Connection.all.slice(2);
  again?.open();
  again?.say({ type: "joined", you: ME });
  expect([nearby.view.value.network.state, more]).toEqual(["in", []]);
});
