import { InvalidArgumentError } from "commander";
import { deviceName, MAX_DEVICE_NAME_CHARACTERS } from "#shared/base/device.ts";
import { printable } from "#shared/base/printable.ts";

/** Reads `--device-name`: as others would read it, so that nobody is shown less than was typed. */
export function parseDeviceName(text: string): string {
  const name = deviceName(text);
  if (name === undefined)
    throw new InvalidArgumentError("A device's name needs a letter or another visible sign.");
  const length = [...printable(text).trim()].length;
  if (length <= MAX_DEVICE_NAME_CHARACTERS) return name;
  throw new InvalidArgumentError(
    `A device's name has at most ${MAX_DEVICE_NAME_CHARACTERS} characters, and this one has ${length}. Shorten it.`,
  );
}
