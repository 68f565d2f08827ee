const KILO = 1000;
const BYTE_UNITS = ["kB", "MB", "GB", "TB", "PB"] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A longer time says no more than this. */
const LONGEST_DAYS = 99;
const KIBI = 1024;

/** A size, in powers of 1000 and with one decimal: `12.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KILO) return plural(Math.round(bytes), "byte", "bytes");
  let value = bytes / KILO;
  let unit = 0;
  // 999.5 would round to 1000, so it moves on to the next unit.
  while (value >= KILO - 0.5 && unit < BYTE_UNITS.length - 1) {
    value /= KILO;
    unit += 1;
  }
  return `${value < 100 - 0.05 ? value.toFixed(1) : value.toFixed(0)} ${BYTE_UNITS[unit]}`;
}

/** A speed: `12.4 MB/s`. Speeds below 1 kB/s are in kB too, so that the unit does not flicker. */
export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond < KILO) return `${(bytesPerSecond / KILO).toFixed(1)} kB/s`;
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Whole seconds in the two largest units that matter: `2 min 5 s`, `3 h 20 min`, `4 days`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < 10 * MINUTE) return twoUnits(Math.floor(whole / MINUTE), "min", whole % MINUTE, "s");
  const minutes = Math.round(whole / MINUTE);
  if (minutes < MINUTE) return `${minutes} min`;
  if (whole < DAY) return twoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const days = Math.round(whole / DAY);
  return days > LONGEST_DAYS ? `more than ${LONGEST_DAYS} days` : plural(days, "day", "days");
}

/** Whole percent of a total: 100 only if nothing is missing. An empty total is complete. */
export function wholePercent(done: number, total: number): number {
  if (total <= 0) return 100;
  return Math.max(0, Math.min(100, Math.floor((done / total) * 100)));
}

/** A count with commas: `1,234`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count and its noun: `1 file`, `1,234 files`. */
export function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A piece length: `512 KiB`, or in bytes if it is not a multiple of 1024. */
export function formatPieceLength(bytes: number): string {
  if (bytes > 0 && bytes % (KIBI * KIBI) === 0) return `${formatCount(bytes / KIBI / KIBI)} MiB`;
  if (bytes > 0 && bytes % KIBI === 0) return `${formatCount(bytes / KIBI)} KiB`;
  return plural(bytes, "byte", "bytes");
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
