import { type BencodeValue, isList } from "../base/bencode.ts";
import type { WebSeedUrl } from "../base/ids.ts";
import { TextReader } from "./legacy-text.ts";
import { readWebSeeds, webSeedWarnings } from "./web-seeds.ts";

/** Reads `url-list` of a .torrent file (BEP 19): a list, or one string, which may be empty. */
export function readUrlList(value: BencodeValue | undefined): {
  readonly webSeeds: readonly WebSeedUrl[];
  readonly warnings: readonly string[];
} {
  const reader = new TextReader(undefined);
  const texts = itemsOf(value).flatMap((item) => (item instanceof Uint8Array ? [reader.read(item)] : []));
  const read = readWebSeeds(texts);
  return { webSeeds: read.webSeeds, warnings: webSeedWarnings(read) };
}

/** Says that a torrent has web seeds of the older kind (BEP 17), whose servers need a program of their own. */
export function httpSeedWarnings(value: BencodeValue | undefined): string[] {
  const count = itemsOf(value).filter((item) => item instanceof Uint8Array && item.length > 0).length;
  if (count === 0) return [];
  return [
    count === 1
      ? "It names 1 web seed of an old kind (BEP 17), which Tabswarm does not use."
      : `It names ${count} web seeds of an old kind (BEP 17), which Tabswarm does not use.`,
  ];
}

function itemsOf(value: BencodeValue | undefined): readonly BencodeValue[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}
