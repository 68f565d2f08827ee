import { expect, test } from "vitest";
import { millis } from "../base/ids.ts";
import { Rate } from "./rate.ts";

test("without bytes the rate is zero", () => {
  expect(new Rate().bytesPerSecond(millis(1_000))).toBe(0);
  expect(new Rate().total).toBe(0);
});

test("a steady flow shows its rate from the first second on", () => {
  const rate = new Rate();
  for (let now = 10_000; now <= 30_000; now += 100) {
    rate.add(millis(now), 1_000);
    if (now < 11_000) continue;
    expect(rate.bytesPerSecond(millis(now))).toBeGreaterThan(8_500);
    expect(rate.bytesPerSecond(millis(now))).toBeLessThan(11_500);
  }
  expect(rate.total).toBe(201_000);
});

test("bytes older than five seconds no longer count", () => {
  const rate = new Rate();
  rate.add(millis(1_000), 50_000);
  expect(rate.bytesPerSecond(millis(1_000))).toBe(100_000); // Over half a second at least.
  expect(rate.bytesPerSecond(millis(5_000))).toBe(12_500);
  expect(rate.bytesPerSecond(millis(6_100))).toBe(0);
  expect(rate.total).toBe(50_000);
});

test("a pause of hours costs nothing and leaves nothing behind", () => {
  const rate = new Rate();
  rate.add(millis(0), 1_000_000);
  rate.add(millis(10 ** 9), 5_000);
  expect(rate.bytesPerSecond(millis(10 ** 9))).toBe(1_000);
});

test("the rate follows a change within the window", () => {
  const rate = new Rate();
  for (let now = 0; now < 10_000; now += 50) rate.add(millis(now), 5_000);
  for (let now = 10_000; now < 15_500; now += 50) rate.add(millis(now), 500);
  expect(rate.bytesPerSecond(millis(15_500))).toBeLessThan(11_000);
});
