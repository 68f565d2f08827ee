// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { leaveTotals, takeLeftTotals } from "./totals.ts";

const HASH = "a".repeat(40) as InfoHash;
const TOTALS = { uploadedBytes: 5, downloadedBytes: 7, sharedMillis: 60_000, finishedPeers: 3 };

beforeEach(() => sessionStorage.clear());

test("the next page load takes what this one leaves, once", () => {
  leaveTotals(sessionStorage, [[HASH, TOTALS]]);
  expect([...takeLeftTotals(sessionStorage)]).toEqual([[HASH, TOTALS]]);
  expect(takeLeftTotals(sessionStorage).size).toBe(0);
});

test("what an older page has stored, which counted no peers, counts", () => {
  const { finishedPeers: _, ...older } = TOTALS;
  sessionStorage.setItem("tabswarm.totals", JSON.stringify([[HASH, older]]));
  expect([...takeLeftTotals(sessionStorage)]).toEqual([[HASH, { ...TOTALS, finishedPeers: 0 }]]);
});

test.each([
  "{",
  "7",
  "[7]",
  '[["a",7]]',
  '[["a",{"uploadedBytes":-1,"downloadedBytes":0,"sharedMillis":0}]]',
  '[["a",{"uploadedBytes":1,"downloadedBytes":0,"sharedMillis":0,"finishedPeers":-1}]]',
  '[["a",{"uploadedBytes":1.5,"downloadedBytes":0,"sharedMillis":0}]]',
])("%j in the storage does no harm", (text) => {
  sessionStorage.setItem("tabswarm.totals", text);
  expect(takeLeftTotals(sessionStorage).size).toBe(0);
});

test("a storage that is blocked does no harm", () => {
  const blocked = (): never => {
    throw new DOMException("blocked", "SecurityError");
  };
  const session = { getItem: blocked, setItem: blocked, removeItem: blocked };
  leaveTotals(session, [[HASH, TOTALS]]);
  expect(takeLeftTotals(session).size).toBe(0);
});
