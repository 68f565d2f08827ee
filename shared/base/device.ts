import { printable } from "./printable.ts";

/** What a peer may say it runs in. Anything else counts as nothing said. */
const PROGRAMS = [
  "Chrome",
  "Edge",
  "Firefox",
  "Opera",
  "Safari",
  "Samsung Internet",
  "Tabswarm", // The command line.
] as const;

/** What a peer may say it runs on. */
const SYSTEMS = ["Android", "ChromeOS", "iOS", "Linux", "macOS", "Windows"] as const;

/** A coarse kind of client, `Chrome` on `Android`: so many people share each that none tells whom. */
export interface DeviceKind {
  readonly program: (typeof PROGRAMS)[number];
  readonly system: (typeof SYSTEMS)[number];
}

/** The longest name of a device, in characters: it shares a line with figures on a phone. */
export const MAX_DEVICE_NAME_CHARACTERS = 32;

/** We look at no more of a name; UTF-8 needs up to four bytes for a character. */
const MAX_READ = 4 * MAX_DEVICE_NAME_CHARACTERS;

/** A device's name, fit to be shown: one line of visible characters, and not too many. Undefined: nothing of it is left. */
export function deviceName(text: string): string | undefined {
  const characters = [...printable(text.slice(0, MAX_READ)).trim()];
  const name = characters.slice(0, MAX_DEVICE_NAME_CHARACTERS).join("").trim();
  return name === "" ? undefined : name;
}

/** The name in an extended handshake. */
export function readDeviceName(bytes: Uint8Array): string | undefined {
  return deviceName(new TextDecoder().decode(bytes.subarray(0, MAX_READ)));
}

/** `Chrome/Android`, as an extended handshake says it. */
export function deviceKindText({ program, system }: DeviceKind): string {
  return `${program}/${system}`;
}

/** Undefined unless both parts are known. */
export function readDeviceKind(text: string): DeviceKind | undefined {
  const [said, on, more] = text.split("/");
  const program = PROGRAMS.find((each) => each === said);
  const system = SYSTEMS.find((each) => each === on);
  return program === undefined || system === undefined || more !== undefined
    ? undefined
    : { program, system };
}
