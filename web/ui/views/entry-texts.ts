import { day } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import { inOneUnit, until } from "./ago.ts";

/** An entry that nobody seeds. */
export function unseeded(lastSeededAt: string | undefined, goesAt: string | undefined, now: number): string {
  const since = lastSeededAt === undefined ? texts.catalog.neverSeeded : sinceSeeded(lastSeededAt, now);
  return goesAt === undefined ? since : `${since} ${texts.catalog.leaves(until(goesAt, now))}`;
}

function sinceSeeded(moment: string, now: number): string {
  const { unseededForAMoment, unseededFor, unseededSince } = texts.catalog;
  const past = inOneUnit((now - Date.parse(moment)) / 1000);
  if (past === "moment") return unseededForAMoment;
  if (past === "long") return unseededSince(day(new Date(moment)));
  return unseededFor(texts.time[`${past.unit}s`](past.count));
}
