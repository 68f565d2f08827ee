import type { PeerView } from "#shared/session/view.ts";
import { texts } from "./texts/texts.ts";

/** What a person calls the device of a peer; else what it is; else `otherwise`. */
export function deviceWords({ deviceName, device }: PeerView, otherwise: string): string {
  return deviceName ?? (device === undefined ? otherwise : texts.device.on(device.program, device.system));
}
