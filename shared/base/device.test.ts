import { expect, test } from "vitest";
import { deviceKindText, deviceName, readDeviceKind, readDeviceName } from "./device.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a device's name is one line of visible characters", () => {
  expect(deviceName("  Lan’s phone \n")).toBe("Lan’s phone");
  expect(deviceName("Máy của\u202e Lan\u0007\t\t📱")).toBe("Máy của Lan 📱");
  expect(deviceName("\u200b \u2066\n")).toBeUndefined();
  expect(deviceName("")).toBeUndefined();
});

test("a device's name has at most 32 characters, however many bytes they take", () => {
  expect(deviceName("x".repeat(33))).toBe("x".repeat(32));
  expect(deviceName("🐝".repeat(40))).toBe("🐝".repeat(32));
  expect(deviceName(`${"x".repeat(31)} yz`)).toBe("x".repeat(31));
  expect(readDeviceName(utf8("🐝".repeat(32)))).toBe("🐝".repeat(32));
  expect(readDeviceName(utf8("ệ".repeat(5_000)))).toBe("ệ".repeat(32));
});

test("bytes that are not UTF-8 do no harm", () => {
  expect(readDeviceName(Uint8Array.of(0x61, 0xff, 0x62))).toBe("a\ufffdb");
  expect(readDeviceName(new Uint8Array())).toBeUndefined();
});

test("a kind of client is two words of closed lists", () => {
  const kind = { program: "Samsung Internet", system: "Android" } as const;
  expect(deviceKindText(kind)).toBe("Samsung Internet/Android");
  expect(readDeviceKind("Samsung Internet/Android")).toEqual(kind);
});

test.each([
  "",
  "/",
  "Chrome",
  "Chrome/",
  "Chrome/BeOS",
  "Netscape/Linux",
  "chrome/android",
  "Chrome/Linux/x",
  "Chrome 120/Linux",
])("%j names no kind of client", (text) => {
  expect(readDeviceKind(text)).toBeUndefined();
});
