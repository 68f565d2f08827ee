import { type BencodeValue, isList } from "../base/bencode.ts";
import type { TrackerUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import { MAX_NAMED_TRACKERS, parseTrackerUrl } from "../base/tracker-url.ts";
import { TextReader } from "./legacy-text.ts";

/** Addresses of no use that are shown to a person; the others are counted. */
const MAX_UNUSABLE_SHOWN = 3;

/** Characters of an address that are shown to say which one is meant. */
const MAX_ADDRESS_CHARACTERS = 80;

/** The trackers that a .torrent file names, and sentences about those that were left out. */
export interface ReadTiers {
  readonly tiers: TrackerUrl[][];
  readonly warnings: readonly string[];
}

/**
 * Reads `announce` and `announce-list` (BEP 12), each tracker once. Some programs write a list into `announce`, and texts
 * where the list should have lists.
 */
export function readTrackerTiers(
  announce: BencodeValue | undefined,
  list: BencodeValue | undefined,
): ReadTiers {
  const reader = new TierReader();
  const tiers = reader.read(list);
  // BEP 12: `announce` counts only where there is no list.
  return { tiers: tiers.length > 0 ? tiers : reader.read(announce), warnings: reader.warnings };
}

class TierReader {
  readonly #seen = new Set<TrackerUrl>();
  readonly #unusable = new Set<string>();
  readonly #tooMany = new Set<TrackerUrl>();

  get warnings(): string[] {
    const warnings: string[] = [];
    if (this.#unusable.size > 0) {
      const shown = [...this.#unusable].slice(0, MAX_UNUSABLE_SHOWN);
      const more = this.#unusable.size - shown.length;
      const named = shown.map((text) => printable(text, MAX_ADDRESS_CHARACTERS)).join(", ");
      warnings.push(
        `Left out, as no tracker has such an address: ${named}${more > 0 ? ` and ${more} more` : ""}.`,
      );
    }
    if (this.#tooMany.size > 0)
      warnings.push(
        `Only the first ${MAX_NAMED_TRACKERS} trackers are read; ${this.#tooMany.size} more are named.`,
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
    if (url === undefined && text !== "") this.#unusable.add(text);
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
