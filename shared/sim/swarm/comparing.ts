import { downloaders, type Outcome } from "./outcome.ts";

/** Mean seconds of a group from coming to having everything. */
export function timeOf({ peers }: Outcome, group: string): number {
  const all = peers.filter((peer) => peer.group === group);
  return average(
    all.map(
      ({ cameAtMillis = 0, completedAtMillis = Number.NaN }) => (completedAtMillis - cameAtMillis) / 1_000,
    ),
  );
}

/** Bytes a second at which each downloader got everything. */
export function ratesOf(outcome: Outcome): number[] {
  return downloaders(outcome.peers).map(
    ({ cameAtMillis = 0, completedAtMillis = Number.NaN }) =>
      outcome.bytes / ((completedAtMillis - cameAtMillis) / 1_000),
  );
}

/** What a group sent to its own, of all that it sent while it lacked something. */
export function shareWithin({ peers, betweenAsLeecher }: Outcome, group: string): number {
  let within = 0;
  let all = 0;
  for (const [from, sender] of peers.entries()) {
    if (sender.group !== group) continue;
    for (const [to, receiver] of peers.entries()) {
      all += betweenAsLeecher(from, to);
      if (receiver.group === group) within += betweenAsLeecher(from, to);
    }
  }
  return within / all;
}

/** How far one of them is from their mean, by the mean. */
export function farthest(values: readonly number[]): number {
  const mean = average(values);
  return Math.max(...values.map((value) => Math.abs(value - mean))) / mean;
}

export function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
