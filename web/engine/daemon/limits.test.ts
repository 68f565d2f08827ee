import { expect, test } from "vitest";
import { MAX_PEERS } from "#headless-peer/session-config.ts";
import { MAX_LINKS_OF_ALL } from "../../../cli/daemon/api/answers.ts";
import { NO_CONTROLS } from "../controls.ts";
import { allLimitsChange, limitsChange, MOST_PEERS, parseAllLimits, parseControls } from "./limits.ts";

const AT = "2030-01-02T03:04:05.000Z";

test("the most peers that the page lets a person choose are the most that a daemon takes", () => {
  expect(MOST_PEERS).toEqual({ ofOne: MAX_PEERS, ofAll: MAX_LINKS_OF_ALL });
});

test("limits of a torrent are read as the controls of the page, and only what changed goes back", () => {
  const limits = { rateUp: 50_000, maxPeers: 7, inOrder: true, stopRatio: 2, stopAt: AT };
  const controls = parseControls(limits);
  expect(controls).toEqual({
    ...{ mostUp: 50_000, mostDown: undefined, maxPeers: 7, inOrder: true },
    stopAt: { ratio: 2, minutes: undefined, downloads: undefined, at: Date.parse(AT) },
  });
  expect(limitsChange(controls, { mostUp: undefined, inOrder: false })).toEqual({
    rateUp: null,
    inOrder: false,
  });
  const { stopAt } = controls;
  expect(limitsChange(controls, { stopAt: stopAt && { ...stopAt, ratio: undefined, minutes: 90 } })).toEqual({
    stopRatio: null,
    stopAfter: 90,
  });
  expect(limitsChange(controls, { stopAt: undefined })).toEqual({ stopRatio: null, stopAt: null });
  expect(
    limitsChange(NO_CONTROLS, { stopAt: { ratio: undefined, minutes: undefined, at: Date.parse(AT) } }),
  ).toEqual({ stopAt: AT });
});

test("what is no limit counts as none", () => {
  for (const strange of [undefined, null, 5, "a", [], { rateUp: "fast", maxPeers: -1, stopAt: "soon" }]) {
    expect(parseControls(strange)).toEqual(NO_CONTROLS);
    expect(parseAllLimits(strange)).toEqual({ mostUp: undefined, mostDown: undefined, maxPeers: undefined });
  }
});

test("of settings, only those that are limits go to the daemon", () => {
  const change = { theme: "dark", mostUp: 10_000, maxPeers: undefined };
  expect(allLimitsChange(change)).toEqual({ rateUp: 10_000, maxPeers: null });
});
