import { expect, test } from "vitest";
import { shiftOff } from "./keep-off.ts";

const box = (top: number, bottom: number, left = 0, right = 360) => ({ top, bottom, left, right });

test("a box that touches nothing stays where it is", () => {
  expect(shiftOff(box(0, 80), box(80, 200), 740)).toBe(0);
  expect(shiftOff(box(0, 80, 400, 700), box(0, 200), 740)).toBe(0);
});

test("a box that would cover the form hangs below it, or above it where there is more room", () => {
  expect(shiftOff(box(0, 80), box(-20, 140), 740)).toBe(148);
  expect(shiftOff(box(650, 730), box(600, 735), 740)).toBe(600 - 8 - 730);
  expect(shiftOff(box(0, 80), box(10, 735), 740)).toBe(10 - 8 - 80);
});
