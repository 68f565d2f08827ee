import { day, fromNow } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** After so many days a date says more. */
const MAX_COUNTED_DAYS = 90;

/** How long ago a moment was, in one unit: `just now`, `5 minutes ago`, `3 days ago`, `on Jan 31, 2026`. */
export function ago(moment: string, now: number): string {
  const past = inOneUnit((now - Date.parse(moment)) / 1000);
  if (past === "moment") return texts.time.justNow;
  return past === "long" ? onDay(moment) : fromNow(-past.count, past.unit);
}

/** When a moment will be: `in less than a minute`, `in 5 minutes`, `in 3 days`, `on Jan 31, 2026`. */
export function until(moment: string, now: number): string {
  const ahead = inOneUnit((Date.parse(moment) - now) / 1000);
  if (ahead === "moment") return texts.time.inLessThanAMinute;
  return ahead === "long" ? onDay(moment) : fromNow(ahead.count, ahead.unit);
}

interface Span {
  readonly count: number;
  readonly unit: "minute" | "hour" | "day";
}

/** `moment`: less than a minute. `long`: so long that a date says more. */
export function inOneUnit(seconds: number): Span | "moment" | "long" {
  if (seconds < MINUTE) return "moment";
  if (seconds < HOUR) return { count: Math.floor(seconds / MINUTE), unit: "minute" };
  if (seconds < DAY) return { count: Math.floor(seconds / HOUR), unit: "hour" };
  return seconds < MAX_COUNTED_DAYS * DAY ? { count: Math.floor(seconds / DAY), unit: "day" } : "long";
}

const onDay = (moment: string): string => texts.time.onDay(day(new Date(moment)));
