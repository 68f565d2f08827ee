import { expect, test } from "vitest";
import type { TorrentView } from "#shared/session/view.ts";
import { ViewKeeper, ViewSender } from "./views.ts";

const NO_FILES: TorrentView["files"] = [];

function view(infoHash: string, news: Partial<TorrentView> = {}): TorrentView {
  return { infoHash, name: "film.bin", bytesDone: 0, files: NO_FILES, ...news } as TorrentView;
}

/** Sends the views as a message, which clones them, and shows what the other side sees. */
function send(sender: ViewSender, keeper: ViewKeeper, ...views: readonly TorrentView[]): readonly string[] {
  const news = sender.news(views);
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
  expect(sender.news([still, view("b", { bytesDone: 1 })])).toBeUndefined();
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
