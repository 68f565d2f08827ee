import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Encodable, encodeBencode } from "../base/bencode.ts";
import { binaryStringToBytes } from "../base/bytes.ts";
import { isDhtMessage, MAX_DHT_PACKET_BYTES } from "./dht.ts";

// The examples of BEP 5.
const PING = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe";
const KNOWN = [
  PING,
  "d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re",
  "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
  "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
  "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re",
  `d1:rd2:id20:abcdefghij01234567895:nodes26:${"n".repeat(26)}5:token8:aoeusnthe1:t2:aa1:y1:re`,
  "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
  "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
];

function isSound(text: string): boolean {
  return isDhtMessage(binaryStringToBytes(text) as Uint8Array);
}

test.each(KNOWN)("accepts %s", (text) => {
  expect(isSound(text)).toBe(true);
});

test("rejects every truncation, and a trailing byte", () => {
  for (const text of KNOWN) {
    for (let length = 0; length < text.length; length++) expect(isSound(text.slice(0, length))).toBe(false);
    expect(isSound(`${text}e`)).toBe(false);
  }
});

test("rejects what another parser might read differently: duplicate keys, numbers with many digits", () => {
  expect(isSound(PING.replace("2:id20:", "2:id20:xxxxxxxxxxxxxxxxxxxx2:id20:"))).toBe(false);
  expect(isSound(PING.replace("1:t2:aa", "1:t2:aa1:vi99999999999999999999e"))).toBe(false);
});

const ID = "i".repeat(20);

type Fields = Readonly<Record<string, Encodable | undefined>>;

function message(fields: Fields): Uint8Array {
  const known = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return encodeBencode(new Map(known));
}

function dict(fields: Fields): ReadonlyMap<string, Encodable> {
  return new Map(Object.entries(fields) as [string, Encodable][]);
}

const query = (q: Encodable, a: Fields): Uint8Array => message({ t: "aa", y: "q", q, a: dict(a) });
const response = (r: Fields): Uint8Array => message({ t: "aa", y: "r", r: dict(r) });
const announcing = { id: ID, info_hash: ID, token: "token", port: 6881 };

test("ignores additional fields from other clients", () => {
  expect(
    isDhtMessage(message({ t: "aa", y: "q", q: "ping", a: dict({ id: ID, x: 1 }), v: "LT01", ro: 1 })),
  ).toBe(true);
});

describe("rejects a field of the wrong type or length", () => {
  test.each<readonly [string, Uint8Array]>([
    ["no transaction", message({ y: "q", q: "ping", a: dict({ id: ID }) })],
    ["a number for a transaction", message({ t: 5, y: "q", q: "ping", a: dict({ id: ID }) })],
    ["an empty transaction", message({ t: "", y: "q", q: "ping", a: dict({ id: ID }) })],
    ["a long transaction", message({ t: "t".repeat(33), y: "q", q: "ping", a: dict({ id: ID }) })],
    ["no kind", message({ t: "aa", q: "ping", a: dict({ id: ID }) })],
    ["another kind", message({ t: "aa", y: "x", q: "ping", a: dict({ id: ID }) })],
    ["a list for a query", encodeBencode(["q", "ping"])],
    ["no arguments", message({ t: "aa", y: "q", q: "ping" })],
    ["a number for arguments", message({ t: "aa", y: "q", q: "ping", a: 7 })],
    ["another query", query("put", { id: ID, v: "value", token: "token" })],
    ["no id", query("ping", {})],
    ["a short id", query("ping", { id: "short" })],
    ["a number for an id", query("ping", { id: 20 })],
    ["no target", query("find_node", { id: ID })],
    ["a number for a target", query("find_node", { id: ID, target: 20 })],
    ["a number for an info-hash", query("get_peers", { id: ID, info_hash: 5 })],
    ["a list for an info-hash", query("get_peers", { id: ID, info_hash: [] })],
    ["an info-hash of version 2", query("get_peers", { id: ID, info_hash: "h".repeat(32) })],
    ["no token", query("announce_peer", { id: ID, info_hash: ID, port: 6881 })],
    ["a number for a token", query("announce_peer", { ...announcing, token: 1 })],
    ["a long token", query("announce_peer", { ...announcing, token: "t".repeat(65) })],
    ["no port", query("announce_peer", { id: ID, info_hash: ID, token: "token" })],
    ["port 0", query("announce_peer", { ...announcing, port: 0 })],
    ["a port too high", query("announce_peer", { ...announcing, port: 65_536 })],
    ["text for a port", query("announce_peer", { ...announcing, port: "6881" })],
    ["port 0 that counts", query("announce_peer", { ...announcing, port: 0, implied_port: 0 })],
    ["text for an implied port", query("announce_peer", { ...announcing, implied_port: "1" })],
    ["a number for a response", message({ t: "aa", y: "r", r: 1 })],
    ["a response without an id", response({})],
    ["a number for the responder", response({ id: 1 })],
    ["half a node", response({ id: ID, nodes: "n".repeat(27) })],
    ["a number for nodes", response({ id: ID, nodes: 26 })],
    ["text for peers", response({ id: ID, values: "axje.u" })],
    ["a number for a peer", response({ id: ID, values: [6] })],
    ["a peer over IPv6", response({ id: ID, values: ["v".repeat(18)] })],
    ["an empty token", response({ id: ID, token: "" })],
    ["text for an error", message({ t: "aa", y: "e", e: "error" })],
  ])("%s", (_, packet) => {
    expect(isDhtMessage(packet)).toBe(false);
  });
});

test("an implied port need not be named", () => {
  expect(
    isDhtMessage(query("announce_peer", { id: ID, info_hash: ID, token: "token", implied_port: 1 })),
  ).toBe(true);
});

test("rejects a packet that is too long", () => {
  const padded = (bytes: number): Uint8Array => {
    const bare = response({ id: ID, x: "" }).length;
    const digits = String(bytes - bare).length - 1;
    return response({ id: ID, x: "x".repeat(bytes - bare - digits) });
  };
  expect(padded(MAX_DHT_PACKET_BYTES)).toHaveLength(MAX_DHT_PACKET_BYTES);
  expect(isDhtMessage(padded(MAX_DHT_PACKET_BYTES))).toBe(true);
  expect(isDhtMessage(padded(MAX_DHT_PACKET_BYTES + 1))).toBe(false);
});

test("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(PING.length), (bytes, at) => {
      isDhtMessage(bytes);
      const known = binaryStringToBytes(PING) as Uint8Array;
      known.set(bytes.subarray(0, known.length - at), at);
      isDhtMessage(known);
    }),
  );
});
