const KILO = 1000;
const KIBI = 1024;
const BYTE_UNITS = ["kB", "MB", "GB", "TB", "PB"] as const;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_DAYS = 99; // Nobody plans with more.

/** A size, in powers of 1000 and with one decimal: `12.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KILO) return plural(Math.round(bytes), "byte", "bytes");
  let value = bytes / KILO;
  let unit = 0;
  // 999.95 would be shown as 1000.0: it belongs to the next unit.
  while (value >= KILO - 0.05 && unit < BYTE_UNITS.length - 1) {
    value /= KILO;
    unit += 1;
  }
  return `${value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** Whole seconds in the two largest units that matter: `3 min 5 s`, `1 h 2 min`, `4 days`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return twoUnits(Math.floor(whole / MINUTE), "min", whole % MINUTE, "s");
  const minutes = Math.ceil(whole / MINUTE);
  if (whole < DAY) return twoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const days = Math.ceil(whole / DAY);
  return days > LONGEST_DAYS ? `more than ${LONGEST_DAYS} days` : plural(days, "day", "days");
}

/** A piece length, usually a multiple of 1024: `512 KiB`. Otherwise in bytes. */
export function formatPieceLength(bytes: number): string {
  if (bytes % KIBI ** 2 === 0) return `${bytes / KIBI ** 2} MiB`;
  if (bytes % KIBI === 0) return `${bytes / KIBI} KiB`;
  return plural(bytes, "byte", "bytes");
}

/** A count and its noun: `1 file`, `1,234 files`. */
export function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Breaks text between words into lines of at most `columns` characters; a longer word gets a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
