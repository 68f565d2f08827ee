import { type BencodeValue, isList } from "../base/bencode.ts";
import type { TrackerUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import { MAX_NAMED_TRACKERS, parseTrackerUrl } from "../base/tracker-url.ts";
import { TextReader } from "./legacy-text.ts";

/** Invalid addresses that a warning names; it counts the others. */
const MAX_INVALID_SHOWN = 3;

/** Characters of an address in a warning: enough to recognise it. */
const MAX_ADDRESS_CHARACTERS = 80;

/** A .torrent file's trackers, and sentences about those that were left out. */
export interface ReadTiers {
  readonly tiers: TrackerUrl[][];
  readonly warnings: readonly string[];
}

/**
 * Reads `announce` and `announce-list` (BEP 12), each tracker once. Some programs put a list into `announce`, or strings where
 * `announce-list` should have lists.
 */
export function readTrackerTiers(
  announce: BencodeValue | undefined,
  list: BencodeValue | undefined,
): ReadTiers {
  const reader = new TierReader();
  const tiers = reader.read(list);
  // BEP 12: `announce` counts only if there is no list.
  return { tiers: tiers.length > 0 ? tiers : reader.read(announce), warnings: reader.warnings };
}

class TierReader {
  readonly #seen = new Set<TrackerUrl>();
  readonly #invalid = new Set<string>();
  readonly #tooMany = new Set<TrackerUrl>();

  get warnings(): string[] {
    const warnings: string[] = [];
    if (this.#invalid.size > 0) {
      const shown = [...this.#invalid].slice(0, MAX_INVALID_SHOWN);
      const more = this.#invalid.size - shown.length;
      const named = shown.map((text) => printable(text, MAX_ADDRESS_CHARACTERS)).join(", ");
      warnings.push(`Left out invalid tracker addresses: ${more > 0 ? `${named} and ${more} more` : named}.`);
    }
    if (this.#tooMany.size > 0)
      warnings.push(
        `Only the first ${MAX_NAMED_TRACKERS} trackers were read; ${this.#tooMany.size} more were left out.`,
      );
    return warnings;
  }

  read(value: BencodeValue | undefined): TrackerUrl[][] {
    if (value === undefined) return [];
    return itemsOf(value)
      .map((tier) => itemsOf(tier).flatMap((item) => this.#readUrl(item)))
      .filter((tier) => tier.length > 0);
  }

  #readUrl(item: BencodeValue): TrackerUrl[] {
    const text = item instanceof Uint8Array ? new TextReader(undefined).read(item).trim() : "";
    const url = parseTrackerUrl(text);
    if (url === undefined && text !== "") this.#invalid.add(text);
    if (url === undefined || this.#seen.has(url)) return [];
    if (this.#seen.size === MAX_NAMED_TRACKERS) {
      this.#tooMany.add(url);
      return [];
    }
    this.#seen.add(url);
    return [url];
  }
}

function itemsOf(value: BencodeValue): readonly BencodeValue[] {
  return isList(value) ? value : [value];
}
