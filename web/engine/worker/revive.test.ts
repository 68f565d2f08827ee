import { expect, test } from "vitest";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { Layout } from "#shared/meta/layout.ts";
import type { TorrentMetadata, TorrentSource } from "#shared/session/input.ts";
import type { PageInput } from "./messages.ts";
import { revivedInput } from "./revive.ts";

const infoHash = "a".repeat(40) as InfoHash;
const held = new Bitfield(3);
held.set(1);
const metadata = {
  info: { name: "film.bin", layout: new Layout(600, 256), pieceHashes: new Uint8Array(60) },
  infoBytes: new Uint8Array([1, 2]),
} as unknown as TorrentMetadata;
const source = { infoHash, held, metadata } as unknown as TorrentSource;

test.each<PageInput>([
  { type: "torrentAdded", source },
  { type: "torrentAdded", source: { ...source, held: undefined, metadata: undefined } },
  { type: "checkBegan", infoHash, held },
  { type: "metadataChecked", infoHash, metadata, problem: undefined },
  { type: "torrentPaused", infoHash },
])("an input that was cloned is what it was: $type", (input) => {
  expect(revivedInput(structuredClone(input))).toStrictEqual(input);
});

test("a bitfield knows again how many of its bits are set", () => {
  const input = revivedInput(structuredClone({ type: "checkBegan", infoHash, held } as const));
  expect(input.type === "checkBegan" && input.held?.count).toBe(1);
});
