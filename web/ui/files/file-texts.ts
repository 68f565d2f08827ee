import { formatBytes, formatShare } from "../format.ts";
import { texts } from "../texts/texts.ts";

/** How much of it is here. Undefined: not known, or nothing that needs saying. */
export function amountHere(bytes: number, here: number | undefined): string {
  if (here === undefined || here === 0 || here >= bytes) return formatBytes(bytes);
  return texts.files.shareOf(formatShare(here, bytes), formatBytes(bytes));
}
