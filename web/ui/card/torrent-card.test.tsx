// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { createFakeClient } from "../../engine/fake.ts";
import type { CardActions } from "./card-actions.tsx";
import { TorrentCard } from "./torrent-card.tsx";

test("a card whose texts stay the same is never redrawn", async () => {
  const client = createFakeClient("few");
  const entry = client.entries.value[2];
  if (entry === undefined || entry.state === "hashing")
    throw new Error("the third made-up entry is a torrent");
  let drawings = 0;
  const nothing = (): void => {};
  const actions: CardActions = {
    pause: nothing,
    resume: nothing,
    remove: nothing,
    save: nothing,
    saveTorrentFile: nothing,
    continueSharing: nothing,
    supplyFiles: nothing,
    openConnectionSettings: nothing,
    client,
    get saveToFolder() {
      drawings += 1;
      return undefined;
    },
  };
  const rows = { select: nothing, expand: nothing };
  const page = document.createElement("div");
  const draw = (shown: typeof entry) =>
    act(() =>
      render(
        <TorrentCard
          entry={shown}
          isGuest={false}
          isFresh={false}
          look="card"
          isSelected={false}
          rows={rows}
          actions={actions}
        />,
        page,
      ),
    );
  await draw(entry);
  expect(drawings).toBe(1);
  await draw({ ...entry, torrent: { ...entry.torrent, downloadedBytes: entry.torrent.downloadedBytes + 1 } });
  expect(drawings).toBe(1);
  await draw({ ...entry, torrent: { ...entry.torrent, upBytesPerSecond: 5000 } });
  expect(drawings).toBe(2);
});
