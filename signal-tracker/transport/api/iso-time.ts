import type { UnixMillis } from "../../core/record-store.ts";

/** A time as the API writes it: ISO 8601 in UTC. */
export function isoTime(time: UnixMillis): string {
  return new Date(time).toISOString();
}
