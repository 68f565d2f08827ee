import type { Speeds } from "../../engine/client.ts";
import { formatDuration, formatRate } from "../format.ts";
import { number, timeOfDay } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";

/** What the graph shows, in words. `down` and `up`: the speeds of this moment, in bytes a second. */
export function speedSentence(speeds: Speeds, down: number, up: number): string {
  const span = formatDuration(speeds.down.length);
  return texts.speed.last(span, figures(speeds.down, down), figures(speeds.up, up));
}

function figures(speeds: Float32Array, now: number): string {
  let sum = 0;
  let highest = now;
  for (const speed of speeds) {
    sum += speed;
    highest = Math.max(highest, speed);
  }
  if (highest === 0) return texts.speed.nothing;
  const average = sum / speeds.length;
  return texts.speed.figures(formatRate(now), formatRate(highest), formatRate(average));
}

/** A speed beside an axis: `12 MB/s`, `0`. */
export function axisRate(bytesPerSecond: number): string {
  return bytesPerSecond === 0 ? number(0) : formatRate(bytesPerSecond, "short");
}

/** The time of day at which a second began, given in seconds since 1970. */
export function axisTime(seconds: number, timeStyle: "short" | "medium"): string {
  return timeOfDay(new Date(seconds * 1000), timeStyle);
}
