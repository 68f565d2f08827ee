import { expect, test, vi } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { torrentView } from "./show/views.test-support.ts";
import { watchForStops } from "./watch-for-stops.ts";

const running = (name: string): TorrentView =>
  torrentView({ name, infoHash: name as InfoHash, phase: "seeding" });
const stopped = (name: string): TorrentView => ({
  ...running(name),
  phase: "error",
  problem: `${name} is gone.`,
});

test("each torrent that stops is reported once, and the last one ends the watch", () => {
  let views = [running("a"), running("b")];
  const tell = vi.fn();
  const look = watchForStops({ view: () => views }, tell);
  look();
  expect(tell).not.toHaveBeenCalled();
  views = [stopped("a"), running("b")];
  look();
  look();
  expect(tell.mock.calls).toEqual([["a: a is gone."]]);
  views = [stopped("a"), stopped("b")];
  expect(look).toThrow("All 2 torrents have stopped.");
  expect(tell.mock.calls).toEqual([["a: a is gone."], ["b: b is gone."]]);
});

test("a single torrent ends the watch with its own problem", () => {
  const tell = vi.fn();
  expect(watchForStops({ view: () => [stopped("a")] }, tell)).toThrow("a is gone.");
  expect(tell).not.toHaveBeenCalled();
});
