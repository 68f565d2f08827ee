import { amount, type Decimals, number, percent } from "./texts/intl.ts";
import { texts } from "./texts/texts.ts";

const KILO = 1000;
const BYTE_UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A longer time says no more than this. */
const LONGEST_DAYS = 99;
const KIBI = 1024;

/** A size, in powers of 1000 and with one decimal: `12.4 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < KILO ? amount(Math.round(bytes), "byte", "0") : scaled(bytes, "", "1");
}

/**
 * A speed: `12.4 MB/s`. Speeds below 1 kB/s are in kB too, so that the unit does not flicker. `decimals`: of those below 100 of their unit.
 */
export function formatRate(bytesPerSecond: number, decimals: Decimals = "1"): string {
  return scaled(bytesPerSecond, "-per-second", decimals);
}

/** `per`: what the name of a unit ends with. */
function scaled(bytes: number, per: "" | "-per-second", decimals: Decimals): string {
  let value = bytes / KILO;
  let unit = 0;
  // 999.5 would round to 1000, so it moves on to the next unit.
  while (value >= KILO - 0.5 && unit < BYTE_UNITS.length - 1) {
    value /= KILO;
    unit += 1;
  }
  return amount(value, `${BYTE_UNITS[unit]}${per}`, value < 100 - 0.05 ? decimals : "0");
}

/** Whole seconds in the two largest units that matter: `2 min 5 s`, `3 h 20 min`, `4 days`. */
export function formatDuration(seconds: number): string {
  const { time } = texts;
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < MINUTE) return time.seconds(whole);
  if (whole < 10 * MINUTE) {
    const rest = whole % MINUTE;
    return twoUnits(time.minutes(Math.floor(whole / MINUTE)), rest, time.seconds(rest));
  }
  const minutes = Math.round(whole / MINUTE);
  if (minutes < MINUTE) return time.minutes(minutes);
  if (whole < DAY) {
    const rest = minutes % MINUTE;
    return twoUnits(time.hours(Math.floor(minutes / MINUTE)), rest, time.minutes(rest));
  }
  const days = Math.round(whole / DAY);
  return days > LONGEST_DAYS ? time.moreThanDays(LONGEST_DAYS) : time.days(days);
}

/** Whole percent of a total: 100 only if nothing is missing. An empty total is complete. */
export function wholePercent(done: number, total: number): number {
  if (total <= 0) return 100;
  return Math.max(0, Math.min(100, Math.floor((done / total) * 100)));
}

/** The same to be read: `45%`. */
export function formatShare(done: number, total: number): string {
  return percent(wholePercent(done, total));
}

/** A piece length: `512 KiB`, or in bytes if it is not a multiple of 1024. */
export function formatPieceLength(bytes: number): string {
  if (bytes > 0 && bytes % (KIBI * KIBI) === 0) return `${number(bytes / KIBI / KIBI)} MiB`;
  if (bytes > 0 && bytes % KIBI === 0) return `${number(bytes / KIBI)} KiB`;
  return amount(bytes, "byte", "0");
}

function twoUnits(large: string, rest: number, small: string): string {
  return rest === 0 ? large : `${large} ${small}`;
}
