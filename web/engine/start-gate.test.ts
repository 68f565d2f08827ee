import { expect, test } from "vitest";
import type { Info } from "#shared/meta/info.ts";
import { type Connection, MAX_UNASKED_BYTES, type StartGate, waitReason } from "./start-gate.ts";

const GIB = 1024 ** 3;

/** As much of an info dictionary as the rule reads. */
function infoOf(...sizes: readonly number[]): Info {
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  return { files: sizes.map((bytes) => ({ bytes })), layout: { totalBytes } } as unknown as Info;
}

/** Whoever does not ask to be asked. */
function gate(connection?: Connection, asksFirst = false): StartGate {
  return { connection, asksFirst };
}

test("a download starts at once up to 1 GiB, and above waits for the person", () => {
  expect(MAX_UNASKED_BYTES).toBe(GIB);
  expect(waitReason(infoOf(GIB), undefined, gate())).toBe(undefined);
  expect(waitReason(infoOf(GIB + 1), undefined, gate())).toBe("large");
  expect(waitReason(infoOf(GIB, 1), undefined, gate())).toBe("large");
});

test("only the selected files count", () => {
  expect(waitReason(infoOf(2 * GIB, 5, 7), [1, 2], gate())).toBe(undefined);
  expect(waitReason(infoOf(2 * GIB, 5, 7), [0], gate())).toBe("large");
  expect(waitReason(infoOf(2 * GIB), [3], gate())).toBe(undefined); // There is no such file.
});

test("on a connection that may cost money every download waits", () => {
  expect(waitReason(infoOf(1), undefined, gate({ saveData: true }))).toBe("metered");
  expect(waitReason(infoOf(1), undefined, gate({ type: "cellular" }))).toBe("metered");
  expect(waitReason(infoOf(1), undefined, gate({ saveData: false, type: "wifi" }))).toBe(undefined);
});

test("whoever wants to be asked is asked before every download, and told of the better reason if there is one", () => {
  expect(waitReason(infoOf(1), undefined, gate({}, true))).toBe("asked");
  expect(waitReason(infoOf(GIB + 1), undefined, gate({}, true))).toBe("large");
  expect(waitReason(infoOf(1), undefined, gate({ saveData: true }, true))).toBe("metered");
});
