import { expect, test } from "vitest";
import type { Info } from "#shared/meta/info.ts";
import { MAX_UNASKED_BYTES, waitReason } from "./start-gate.ts";

const GIB = 1024 ** 3;

/** As much of an info dictionary as the rule reads. */
function infoOf(...sizes: readonly number[]): Info {
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  return { files: sizes.map((bytes) => ({ bytes })), layout: { totalBytes } } as unknown as Info;
}

test("a download starts at once up to 1 GiB, and above waits for the person", () => {
  expect(MAX_UNASKED_BYTES).toBe(GIB);
  expect(waitReason(infoOf(GIB), undefined, undefined)).toBe(undefined);
  expect(waitReason(infoOf(GIB + 1), undefined, {})).toBe("large");
  expect(waitReason(infoOf(GIB, 1), undefined, {})).toBe("large");
});

test("only the selected files count", () => {
  expect(waitReason(infoOf(2 * GIB, 5, 7), [1, 2], {})).toBe(undefined);
  expect(waitReason(infoOf(2 * GIB, 5, 7), [0], {})).toBe("large");
  expect(waitReason(infoOf(2 * GIB), [3], {})).toBe(undefined); // There is no such file.
});

test("on a connection that may cost money every download waits", () => {
  expect(waitReason(infoOf(1), undefined, { saveData: true })).toBe("metered");
  expect(waitReason(infoOf(1), undefined, { type: "cellular" })).toBe("metered");
  expect(waitReason(infoOf(1), undefined, { saveData: false, type: "wifi" })).toBe(undefined);
});
