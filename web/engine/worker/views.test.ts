import { describe, expect, test } from "vitest";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { ViewKeeper, ViewSender } from "./views.ts";

const NO_FILES: TorrentView["files"] = [];

function view(infoHash: string, news: Partial<TorrentView> = {}): TorrentView {
  return { infoHash, name: "film.bin", bytesDone: 0, files: NO_FILES, ...news } as TorrentView;
}

/** Sends the views as a message, which clones them, and shows what the other side sees. */
function send(sender: ViewSender, keeper: ViewKeeper, ...views: readonly TorrentView[]): readonly string[] {
  const news = sender.news(views, 0);
  if (news === undefined) return [];
  keeper.take(structuredClone(news));
  return news.changes.flatMap((change) => Object.keys(change));
}

test("only what has changed is sent, and the other side sees all of it", () => {
  const [sender, keeper] = [new ViewSender(), new ViewKeeper()];
  const before = view("a");
  const other = view("b", { problem: "no room" });
  expect(send(sender, keeper, before, other)).toHaveLength(4 + 5);
  expect(keeper.views()).toEqual([before, other]);

  const after = view("a", { bytesDone: 7 });
  const { problem: _, ...rest } = other;
  const mended = { ...rest, problem: undefined } as TorrentView;
  expect(send(sender, keeper, after, mended)).toEqual(["bytesDone", "infoHash", "problem", "infoHash"]);
  expect(keeper.views()).toEqual([after, mended]);
});

test("the view of a torrent that has not changed stays the same object", () => {
  const [sender, keeper] = [new ViewSender(), new ViewKeeper()];
  const still = view("a");
  send(sender, keeper, still, view("b"));
  const [shown] = keeper.views();
  send(sender, keeper, still, view("b", { bytesDone: 1 }));
  expect(keeper.views()[0]).toBe(shown);
  expect(sender.news([still, view("b", { bytesDone: 1 })], 0)).toBeUndefined();
});

test("torrents go, and come again in a new order", () => {
  const [sender, keeper] = [new ViewSender(), new ViewKeeper()];
  const [a, b] = [view("a"), view("b")];
  send(sender, keeper, a, b);
  send(sender, keeper, b);
  expect(keeper.views()).toEqual([b]);
  send(sender, keeper, b, a);
  expect(keeper.views()).toEqual([b, a]);
  expect(send(sender, keeper)).toEqual([]);
  expect(keeper.views()).toEqual([]);
});

test("a part of a view that was on its way when its torrent was removed is not taken for a torrent", () => {
  const [sender, keeper] = [new ViewSender(), new ViewKeeper()];
  send(sender, keeper, view("a"));
  const onItsWay = sender.news([view("a", { bytesDone: 7 })], 0);
  keeper.forget("a" as TorrentView["infoHash"]);
  if (onItsWay !== undefined) keeper.take(onItsWay);
  expect(keeper.views()).toEqual([]);
  send(sender, keeper);
  send(sender, keeper, view("a"));
  expect(keeper.views()).toEqual([view("a")]);
});

describe("a countdown", () => {
  const [sender, keeper] = [new ViewSender(), new ViewKeeper()];
  let shown: TorrentView | undefined;
  const isTold = (seconds: number, ...trackers: readonly Partial<TrackerView>[]): boolean => {
    const news = sender.news([view("a", { trackers: trackers as TrackerView[] })], seconds * 1000);
    if (news !== undefined) keeper.take(news);
    [shown] = keeper.views();
    return news !== undefined;
  };

  test("of a working tracker is told every ten seconds, as the page goes on with it", () => {
    const working = { state: "working", seeders: 1 } as const;
    expect(isTold(0, { ...working, nextInSeconds: 120 })).toBe(true);
    expect(isTold(1, { ...working, nextInSeconds: 119 })).toBe(false);
    expect(isTold(9, { ...working, nextInSeconds: 112 })).toBe(false);
    expect(isTold(10, { ...working, nextInSeconds: 110 })).toBe(true);
    expect(isTold(11, { ...working, nextInSeconds: 109 })).toBe(false);
    expect(isTold(12, { ...working, seeders: 2, nextInSeconds: 60 })).toBe(true);
    expect(shown?.trackers[0]).toMatchObject({ seeders: 2, nextInSeconds: 60 });
    expect(isTold(13, { ...working, seeders: 2, nextInSeconds: 59 })).toBe(false);
  });

  test("that jumps, goes or belongs to a tracker in trouble is told", () => {
    const working = { state: "working" } as const;
    expect(isTold(100, { ...working, nextInSeconds: 20 })).toBe(true);
    expect(isTold(101, { ...working, nextInSeconds: 120 })).toBe(true);
    expect(isTold(102, { ...working, nextInSeconds: undefined })).toBe(true);
    const dead = { state: "unreachable" } as const;
    expect(isTold(112, { ...dead, nextInSeconds: 20 })).toBe(true);
    expect(isTold(113, { ...dead, nextInSeconds: 19 })).toBe(true);
    expect(isTold(113, { ...dead, nextInSeconds: 19 })).toBe(false);
    expect(isTold(114, { ...dead, nextInSeconds: 19 }, { ...working, nextInSeconds: 4 })).toBe(true);
  });
});
