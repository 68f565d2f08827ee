import { expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { torrentView } from "./show/views.test-support.ts";
import { watchForStops } from "./watch-for-stops.ts";

const running = (name: string): TorrentView =>
  torrentView({ name, infoHash: name as InfoHash, phase: "seeding" });
const failed = (name: string): TorrentView => ({
  ...running(name),
  phase: "error",
  problem: `${name} is gone.`,
});
const ended = (name: string): TorrentView => ({ ...running(name), phase: "paused", stopped: "ratio" });

/** A watch over torrents that the test sets, and what it reported. */
function watched(...first: readonly TorrentView[]) {
  let views = first;
  const said: string[] = [];
  const look = watchForStops(
    { view: () => views, endReason: ({ stopped }) => stopped },
    {
      failed: (sentence) => said.push(sentence),
      ended: ({ name }, because) => said.push(`${name}: ${because}`),
    },
  );
  const become = (...now: readonly TorrentView[]): void => {
    views = now;
  };
  return { look, said, become };
}

test("each torrent that stops is reported once, and the last one ends the watch", () => {
  const { look, said, become } = watched(running("a"), running("b"));
  expect(look()).toBeUndefined();
  expect(said).toEqual([]);
  become(failed("a"), running("b"));
  look();
  look();
  expect(said).toEqual(["a: a is gone."]);
  become(failed("a"), failed("b"));
  expect(look).toThrow("All 2 torrents have stopped.");
  expect(said).toEqual(["a: a is gone.", "b: b is gone."]);
});

test("a single torrent ends the watch with its own problem", () => {
  const { look, said } = watched(failed("a"));
  expect(look).toThrow("a is gone.");
  expect(said).toEqual([]);
});

test("torrents that end as the person chose are reported once, and the last one ends the watch well", () => {
  const { look, said, become } = watched(ended("a"), running("b"));
  expect(look()).toBeUndefined();
  become(ended("a"), ended("b"));
  expect(look()).toBe(true);
  expect(said).toEqual(["a: ratio", "b: ratio"]);
});

test("if one failed and the others ended as chosen, the watch fails", () => {
  const { look, said } = watched(ended("a"), failed("b"));
  expect(look).toThrow("not all of it ended as you chose");
  expect(said).toEqual(["a: ratio", "b: b is gone."]);
});
