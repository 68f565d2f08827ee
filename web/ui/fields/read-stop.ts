import { MAX_DOWNLOADS, MAX_RATIO, MAX_SHARED_MINUTES, MIN_RATIO } from "../../engine/client.ts";
import { english } from "../texts/english.ts";
import { texts } from "../texts/texts.ts";

const MINUTE_MILLIS = 60_000;
const MINUTES = { minutes: 1, hours: 60, days: 24 * 60, unknown: undefined } as const;

/** Reads how often a torrent is to send its size, such as `2`, `1,5` or `3 times`. Undefined: no limit. `unclear`: out of bounds. */
export function readRatio(text: string): number | undefined | "unclear" {
  const typed = text.trim();
  if (typed === "") return undefined;
  const [, digits = ""] = /^(\d{1,6}(?:[.,]\d{1,3})?)\s*(?:times|x|×)?$/i.exec(typed) ?? [];
  const ratio = Number(digits.replace(",", "."));
  return digits !== "" && ratio >= MIN_RATIO && ratio <= MAX_RATIO ? ratio : "unclear";
}

/** The same as `readRatio` reads it. */
export function writtenRatio(ratio: number | undefined): string {
  return ratio === undefined ? "" : `${ratio}×`;
}

/** Reads a time in minutes, such as `90 min`, `3 h`, `1.5 hours` or `2 days`, in English or as the page says it; a number alone is in hours. */
export function readMinutes(text: string): number | undefined | "unclear" {
  const typed = text.trim();
  if (typed === "") return undefined;
  const [, digits = "", word = ""] = /^(\d{1,6}(?:[.,]\d{1,3})?)\s*(\p{L}{0,12})$/u.exec(typed) ?? [];
  const minutes = Math.round(Number(digits.replace(",", ".")) * (MINUTES[unitOf(word)] ?? Number.NaN));
  return digits !== "" && minutes >= 1 && minutes <= MAX_SHARED_MINUTES ? minutes : "unclear";
}

type Unit = keyof typeof english.fields.units;

function unitOf(word: string): Unit | "unknown" {
  if (word === "") return "hours";
  const units = [english, texts].flatMap(({ fields }) => Object.entries(fields.units) as [Unit, string[]][]);
  return units.find(([, words]) => words.includes(word.toLowerCase()))?.[0] ?? "unknown";
}

/** The same as `readMinutes` reads it. */
export function writtenMinutes(minutes: number | undefined): string {
  if (minutes === undefined) return "";
  const unit = (["days", "hours"] as const).find((one) => minutes % MINUTES[one] === 0) ?? "minutes";
  return `${minutes / MINUTES[unit]} ${texts.fields.units[unit][0]}`;
}

/** Reads how many people are to get everything. */
export function readDownloads(text: string): number | undefined | "unclear" {
  const typed = text.trim();
  if (typed === "") return undefined;
  const count = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return count >= 1 && count <= MAX_DOWNLOADS ? count : "unclear";
}

/** The same as `readDownloads` reads it. */
export function writtenDownloads(count: number | undefined): string {
  return count === undefined ? "" : String(count);
}

/** Reads a time of this device, `2026-12-24T18:30`, in milliseconds since 1970: within a year from now. */
export function readMoment(text: string): number | undefined | "unclear" {
  if (text === "") return undefined;
  const at = new Date(text).getTime();
  const now = Date.now();
  return at > now && at <= now + MAX_SHARED_MINUTES * MINUTE_MILLIS ? at : "unclear";
}

/** As `readMoment` reads it, to the minute. */
export function writtenMoment(at: number | undefined): string {
  if (at === undefined) return "";
  const offsetMillis = new Date(at).getTimezoneOffset() * MINUTE_MILLIS;
  return new Date(at - offsetMillis).toISOString().slice(0, "2026-12-24T18:30".length);
}
