import { expect, test } from "vitest";
import { isConnectionNearby } from "./nearby.ts";
import type { PeerConnection } from "./rtc.ts";

type End = readonly [candidateType: string, address: string | null | undefined];

/** A connection over this pair, as browsers describe it: other pairs failed, or were not chosen. */
function connection(ours: End, theirs: End, key = "address"): PeerConnection {
  const end = (id: string, [candidateType, address]: End) =>
    [id, { id, candidateType, [key]: address }] as const;
  const pair = { type: "candidate-pair", remoteCandidateId: "R", localCandidateId: "L" };
  const reports = new Map<string, object>([
    end("L", ours),
    end("R", theirs),
    ["P1", { ...pair, id: "P1", remoteCandidateId: "lost", state: "failed", nominated: false }],
    ["P2", { ...pair, id: "P2", state: "succeeded", nominated: true }],
    ["T", { id: "T", type: "transport", selectedCandidatePairId: "P2" }],
  ]);
  return { getStats: async () => reports } as unknown as PeerConnection;
}

test.each<readonly [string, End, End, boolean]>([
  ["two names of one network", ["host", "a1.local"], ["host", "b2.local"], true],
  ["two hidden addresses", ["host", ""], ["host", null], true],
  ["private addresses", ["host", "192.168.1.5"], ["host", "192.168.1.9"], true],
  ["a private address found on the way", ["host", ""], ["prflx", "192.168.1.9"], true],
  ["a hidden address found on the way, which may be anywhere", ["host", ""], ["prflx", ""], false],
  ["two servers without a router", ["host", "203.0.113.7"], ["host", "198.51.100.1"], false],
  ["IPv6 in one block", ["host", "2001:db8:1:2::5"], ["host", "2001:db8:1:2::9"], true],
  ["IPv6 across the internet", ["host", "2001:db8:1:2::5"], ["host", "2001:db8:7::9"], false],
  ["a router on our side", ["srflx", "203.0.113.7"], ["host", "198.51.100.1"], false],
  ["a router on their side", ["host", "203.0.113.7"], ["srflx", "198.51.100.1"], false],
  ["a relay", ["relay", "10.0.0.1"], ["host", "10.0.0.2"], false],
])("over %s", async (_, ours, theirs, isNearby) => {
  expect(await isConnectionNearby(connection(ours, theirs))).toBe(isNearby);
});

test("reads what libdatachannel and Firefox call it", async () => {
  expect(await isConnectionNearby(connection(["host", "10.0.0.1"], ["host", "10.0.0.2"], "ip"))).toBe(true);
  const reports = new Map<string, object>([
    [
      "P",
      {
        id: "P",
        type: "candidate-pair",
        state: "succeeded",
        nominated: true,
        localCandidateId: "L",
        remoteCandidateId: "R",
      },
    ],
    ["L", { id: "L", candidateType: "host" }],
    ["R", { id: "R", candidateType: "host" }],
  ]);
  expect(await isConnectionNearby({ getStats: async () => reports } as unknown as PeerConnection)).toBe(true);
});

test("says no if it cannot tell", async () => {
  const none = { getStats: async () => new Map() } as unknown as PeerConnection;
  const closed = { getStats: () => Promise.reject(new Error("closed")) } as unknown as PeerConnection;
  expect(await isConnectionNearby(none)).toBe(false);
  expect(await isConnectionNearby(closed)).toBe(false);
});
