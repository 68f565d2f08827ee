import { plural } from "../format.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** After so many days a date says more. */
const MAX_COUNTED_DAYS = 90;

/** How long ago a moment was, in one unit: `just now`, `5 min ago`, `3 days ago`, `on 2026-01-31`. */
export function ago(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (seconds < MINUTE) return "just now";
  return seconds < MAX_COUNTED_DAYS * DAY ? `${inOneUnit(seconds)} ago` : `on ${dayOf(moment)}`;
}

/** When a moment will be: `in less than a minute`, `in 5 min`, `in 3 days`, `on 2026-01-31`. */
export function until(moment: string, now: number): string {
  const seconds = (Date.parse(moment) - now) / 1000;
  if (seconds < MINUTE) return "in less than a minute";
  return seconds < MAX_COUNTED_DAYS * DAY ? `in ${inOneUnit(seconds)}` : `on ${dayOf(moment)}`;
}

function inOneUnit(seconds: number): string {
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return plural(Math.floor(seconds / DAY), "day", "days");
}

const dayOf = (moment: string): string => moment.slice(0, "2026-01-31".length);
