import { hostOf } from "#shared/base/tracker-url.ts";
import type { Link } from "#shared/meta/read-link.ts";

/**
 * A browser lets a page on https connect to no server on plain http. If all that a link names are such servers: a sentence that says
 * so and what to do. (A page on plain http reaches both kinds, as far as the browser trusts their certificates.)
 */
export function linkOutOfReach(
  { page, trackers }: Pick<Link, "page" | "trackers">,
  here: Pick<Location, "protocol" | "hostname">,
): string | undefined {
  if (here.protocol !== "https:" || page?.startsWith("https:")) return undefined;
  if (trackers.some((url) => url.startsWith("wss:"))) return undefined;
  const [plain] = page === undefined ? trackers.filter((url) => url.startsWith("ws:")) : [page];
  if (plain === undefined || new URL(plain).hostname === here.hostname) return undefined;
  const next =
    page === undefined ? "open it on a page that is on plain http" : "open the link itself in a new tab";
  return `The link leads to ${hostOf(plain)}, which is on plain http, and the browser does not let this page on https ask there. If nobody is found here, ${next}.`;
}
