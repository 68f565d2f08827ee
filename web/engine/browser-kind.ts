import type { DeviceKind } from "#shared/base/device.ts";

/** The part of `navigator` that tells it. */
export type NavigatorWords = Pick<Navigator, "userAgent" | "maxTouchPoints">;

/** The first that is found wins: most browsers also call themselves Chrome or Safari. */
const PROGRAMS: readonly (readonly [RegExp, DeviceKind["program"]])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bOP(R|T|iOS)\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/\S+ .*\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, DeviceKind["system"]])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad|iPod)\b/, "iOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** The kind of browser, as coarse as peers are told. Undefined: none that they have words for. */
export function browserKind({ userAgent, maxTouchPoints }: NavigatorWords): DeviceKind | undefined {
  const program = PROGRAMS.find(([words]) => words.test(userAgent))?.[1];
  const system = SYSTEMS.find(([words]) => words.test(userAgent))?.[1];
  if (program === undefined || system === undefined) return undefined;
  return { program, system: system === "macOS" && maxTouchPoints > 1 ? "iOS" : system }; // iPads call themselves Macs.
}
