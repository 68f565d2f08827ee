import type { PersonNearby } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";

/** What a person calls their device; else what it is. */
export function deviceWords({ name, kind }: Pick<PersonNearby, "name" | "kind">): string {
  return name ?? (kind === undefined ? texts.device.somebody : texts.device.on(kind.program, kind.system));
}
