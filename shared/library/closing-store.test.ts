import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { InfoHash, PieceIndex } from "../base/ids.ts";
import { StorageError } from "../driver/ports.ts";
import { RECORD_BYTES } from "../encrypted/records.ts";
import { madeShare, SHARE_KEY, WEB_CIPHER } from "../encrypted/share.test-support.ts";
import { deriveKeys } from "../encrypted/share-keys.ts";
import { memory, type OpenStorage, openStore } from "./storage.ts";

const PORTS = {
  sha1: async (bytes: Uint8Array) => new Uint8Array(createHash("sha1").update(bytes).digest()),
  shareKeys: () => deriveKeys(WEB_CIPHER, SHARE_KEY),
};
const EVENTS = { revealed() {}, checkAgain: async () => {} };

test.each(["an encrypted", "a plain"])(
  "a person's storage of %s torrent hears no write after close",
  async (kind) => {
    const made = await madeShare([{ path: "a.bin", bytes: 300_000 }], RECORD_BYTES);
    const { info, share } = made;
    const calls: string[] = [];
    const noting: OpenStorage = async (torrent) => {
      const storage = await memory()(torrent);
      return {
        ...storage,
        write: async (piece, bytes) => {
          await storage.write(piece, bytes);
          calls.push(`write ${piece}`);
        },
        close: async (deleteData) => void calls.push(`close ${deleteData}`),
      };
    };
    const sealed = { key: SHARE_KEY, select: () => undefined, events: EVENTS, share };
    const opening = { info, selectedFiles: undefined, ...(kind === "an encrypted" && { share: sealed }) };
    const store = await openStore(noting, PORTS, made.infoHash as InfoHash, opening);
    await store.check(() => {}, new AbortController().signal);
    const write = (piece: number): Promise<void> =>
      store.write(piece as PieceIndex, made.sealed.slice(piece * RECORD_BYTES, (piece + 1) * RECORD_BYTES));
    const written = [write(1), write(2)];
    const closed = store.close(true);
    await expect(write(3)).rejects.toThrow(
      new StorageError("This download was stopped. Start it again to resume."),
    );
    await Promise.all([...written, closed]);
    expect(calls).toEqual(["write 1", "write 2", "close true"]);
  },
);
