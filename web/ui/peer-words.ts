import type { PeerView } from "#shared/session/view.ts";

/** What a person calls the device of a peer; else what it is; else `otherwise`. */
export function deviceWords({ deviceName, device }: PeerView, otherwise: string): string {
  return deviceName ?? (device === undefined ? otherwise : `${device.program} on ${device.system}`);
}
