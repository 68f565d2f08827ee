import { expect, test, vi } from "vitest";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { info, ONE_FILE } from "#shared/meta/info.test-support.ts";
import type { TorrentRecord } from "../core/record-store.ts";
import { MAX_KEPT_DETAILS } from "../limits/catalog.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { DetailsReader } from "./details.ts";

test("entries that were opened last are kept, and no more of them than the limit", async () => {
  const store = new MemoryRecordStore();
  const look = vi.spyOn(store, "torrentInfo").mockResolvedValue(info(ONE_FILE));
  const reader = new DetailsReader(store);
  const open = async (number: number): Promise<void> => {
    const infoHash = parseInfoHash(number.toString(16).padStart(40, "0")) as InfoHash;
    expect(await reader.read({ infoHash } as TorrentRecord)).toMatchObject({ pieceBytes: 16_384 });
  };
  for (let number = 0; number < MAX_KEPT_DETAILS; number++) await open(number);
  for (let number = 0; number < MAX_KEPT_DETAILS; number++) await open(number);
  expect(look).toHaveBeenCalledTimes(MAX_KEPT_DETAILS);
  await open(MAX_KEPT_DETAILS); // In place of the first.
  await open(1);
  expect(look).toHaveBeenCalledTimes(MAX_KEPT_DETAILS + 1);
  await open(0);
  expect(look).toHaveBeenCalledTimes(MAX_KEPT_DETAILS + 2);
});
